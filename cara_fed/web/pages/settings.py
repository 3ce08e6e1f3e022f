"""An artist's settings: how they are shown, what they say about AI training, their password."""

from dataclasses import asdict, replace
from pathlib import Path

from quart import Blueprint
from quart.typing import ResponseReturnValue

from activitypub.opt_out import OptOut
from cara_fed.accounts.limits import TooManyAttempts
from cara_fed.accounts.set_password import change_password
from cara_fed.accounts.sign_in import WrongPassword
from cara_fed.errors import InvalidInput
from cara_fed.publishing.restate_all import ask_restating
from cara_fed.publishing.update_profile import Profile, ProfileRefused, read_profile, update_profile
from cara_fed.web.forms import (
    FormInvalid,
    Upload,
    read_password_form,
)
from cara_fed.web.house import house, services
from cara_fed.web.opt_out_form import NO_LICENSE, read_opt_out_form
from cara_fed.web.parts import FormView
from cara_fed.web.profile_form import ProfileForm, read_profile_form
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import require_artist, session_token
from cara_fed.web.studio_views import OptOutSettingsPage, PasswordSettingsPage, ProfileSettingsPage
from cara_fed.web.uploads import path_of, read_fields, read_files
from cara_fed.words.speech import _
from storage.artists import Artist

room = Blueprint("settings", __name__, url_prefix="/settings")


@room.get("")
async def show_profile() -> ResponseReturnValue:
    """The profile's form, as the profile stands."""
    artist = require_artist()
    return await show(_build_profile(artist, _fill_in(read_profile(artist))))


@room.post("")
async def change_profile() -> ResponseReturnValue:
    """Change the profile, and tell followers."""
    artist, fields = require_artist(), await read_fields()
    try:
        form = read_profile_form(fields, await read_files())
        await update_profile(services(), artist, _read_profile(artist, form))
    except FormInvalid as invalid:
        return await show_invalid(_build_profile(artist, invalid.view))
    except InvalidInput as refusal:
        return await show_invalid(_build_profile(artist, form_again(fields, **{_field_of(refusal): str(refusal)})))
    return await go("/settings", _("Saved. Your followers’ servers are told."))


@room.get("/opt-out")
async def show_opt_out() -> ResponseReturnValue:
    """What the artist says of all their work."""
    return await show(_build_opt_out(require_artist()))


@room.post("/opt-out")
async def change_opt_out() -> ResponseReturnValue:
    """Say something else from now on."""
    artist = require_artist()
    try:
        form = read_opt_out_form(await read_fields())
    except FormInvalid as invalid:
        return await show_invalid(replace(_build_opt_out(artist), form=invalid.view))
    await update_profile(services(), artist, replace(read_profile(artist), **asdict(form)))
    return await go("/settings/opt-out", _("Saved. It holds for what you publish from now on."))


@room.post("/opt-out/rewrite")
async def rewrite_opt_out() -> ResponseReturnValue:
    """Let earlier posts say it too."""
    await ask_restating(services(), require_artist())
    return await go(
        "/settings/opt-out", _("Your earlier posts are being rewritten; every server that has them is told.")
    )


@room.get("/password")
async def show_password() -> ResponseReturnValue:
    """The form for a new password."""
    require_artist()
    return await show(PasswordSettingsPage())


@room.post("/password")
async def set_password() -> ResponseReturnValue:
    """Set a new password, and end every session but this."""
    artist, fields = require_artist(), await read_fields()
    try:
        form = read_password_form(fields)
        await change_password(services(), artist, form.current_password, form.password, session_token())
    except FormInvalid as invalid:
        return await show_invalid(PasswordSettingsPage(invalid.view))
    except (WrongPassword, TooManyAttempts) as refusal:
        return await show_invalid(PasswordSettingsPage(form_again(fields, current_password=str(refusal))))
    return await go("/settings/password", _("The new password is set. You are logged out everywhere else."))


def _field_of(refusal: InvalidInput) -> str:
    """The field beside which a refusal stands."""
    name = refusal.field if isinstance(refusal, ProfileRefused) else "display_name"
    return {"header": "banner", "fields": "field_name-0"}.get(name, name)


def _read_profile(artist: Artist, form: ProfileForm) -> Profile:
    faces = {"avatar": form.avatar, "header": form.banner}
    return replace(
        read_profile(artist),
        display_name=form.display_name,
        summary=form.summary,
        fields=form.fields,
        manually_approves=form.manually_approves,
        discoverable=form.discoverable,
        indexable=form.indexable,
        avatar=_path_of(form.avatar.upload),
        header=_path_of(form.banner.upload),
        avatar_focus=form.avatar.focal_point,
        header_focus=form.banner.focal_point,
        drops=frozenset(name for name, one in faces.items() if one.is_dropped),
        avatar_alt=form.avatar.alt,
        header_alt=form.banner.alt,
        attribution_domains=form.attribution_domains,
        featured_tags=form.featured_tags,
    )


def _fill_in(profile: Profile) -> FormView:
    lines = {
        name: value
        for n, line in enumerate(profile.fields)
        for name, value in zip((f"field_name-{n}", f"field_value-{n}"), line, strict=True)
    }
    ticked = [name for name in ("manually_approves", "discoverable", "indexable") if getattr(profile, name)]
    words = {
        "display_name": profile.display_name,
        "summary": profile.summary,
        "avatar_alt": profile.avatar_alt,
        "banner_alt": profile.header_alt,
        "attribution_domains": "\n".join(profile.attribution_domains),
        "featured_tags": " ".join(f"#{name}" for name in profile.featured_tags),
    }
    return FormView({**words, **lines, **dict.fromkeys(ticked, "1")})


def _build_profile(artist: Artist, form: FormView) -> ProfileSettingsPage:
    gallery = house().gallery
    return ProfileSettingsPage(gallery.byline(artist), gallery.banner(artist), form=form)


def _build_opt_out(artist: Artist) -> OptOutSettingsPage:
    chosen = OptOut(artist.opt_out) if artist.opt_out else None
    form = FormView(
        {
            "opt_out": chosen or "",
            "license": artist.license or NO_LICENSE,
            "acquire_license_page": artist.acquire_license_page or "",
            **({"states_opt_out": "1"} if artist.states_opt_out else {}),
            **({"tags_no_ai": "1"} if artist.tags_no_ai else {}),
        }
    )
    return OptOutSettingsPage(services().config.opt_out.default, chosen, form)


def _path_of(upload: Upload | None) -> Path | None:
    return path_of(upload) if upload is not None else None
