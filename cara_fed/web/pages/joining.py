"""One-time links: for the first admin, for somebody invited, for a new password."""

from typing import Literal, cast

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from activitypub.errors import IdentifierError
from cara_fed.accounts.create_artist import JOIN_PURPOSES, Role, join
from cara_fed.accounts.set_password import reset_password
from cara_fed.accounts.sign_in import begin_session, has_second_factor
from cara_fed.accounts.tokens import LinkUnusable, Purpose, read_link
from cara_fed.errors import InvalidInput
from cara_fed.web.forms import FormInvalid, read_join_form, read_password_form
from cara_fed.web.house import house, services, visitor
from cara_fed.web.parts import Byline, FormView
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import keep_signed_in
from cara_fed.web.studio_views import JoinPage, PasswordResetPage
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.tokens import Token

room = Blueprint("joining", __name__)


@room.get("/join")
async def show_join() -> ResponseReturnValue:
    """The form behind a link to join."""
    return await show(await _build_join(request.args.get("token", ""), FormView()))


@room.post("/join")
async def join_in() -> ResponseReturnValue:
    """Make the account, and sign its artist in."""
    fields = await read_fields()
    try:
        form = read_join_form(fields)
        await _read_link(form.token, *JOIN_PURPOSES)
        artist = await join(services(), form.token, form.name, "", form.password)
    except FormInvalid as invalid:
        return await show_invalid(await _build_join(fields.get("token", ""), invalid.view))
    except (InvalidInput, IdentifierError) as refusal:
        return await show_invalid(await _build_join(form.token, form_again(fields, name=str(refusal))))
    await _sign_in(artist)
    if artist.role == Role.ADMIN:
        return await go("/admin", _("Welcome. Here is what a new house needs. Your own wall is in the menu above."))
    return await go(f"/@{artist.name}", _("Welcome. This wall is yours."))


@room.get("/password/reset")
async def show_reset() -> ResponseReturnValue:
    """The form behind a link for a new password."""
    return await show(await _build_reset(request.args.get("token", ""), FormView()))


@room.post("/password/reset")
async def reset() -> ResponseReturnValue:
    """Set the password, and sign its artist in here and nowhere else."""
    fields = await read_fields()
    try:
        form = read_password_form(fields)
    except FormInvalid as invalid:
        return await show_invalid(await _build_reset(fields.get("token", ""), invalid.view))
    await _read_link(form.token, Purpose.PASSWORD_RESET)
    artist = await reset_password(services(), form.token, form.password)
    if await _needs_code(artist):
        return await go("/login", _("The new password is set. Log in with it, and with a code."))
    await _sign_in(artist)
    return await go(f"/@{artist.name}", _("The new password is set."))


async def _sign_in(artist: Artist) -> None:
    async with services().database.unit_of_work() as records:
        signed_in = await begin_session(records, services(), artist, visitor())
    keep_signed_in(signed_in)


async def _needs_code(artist: Artist) -> bool:
    """Whether a link alone must not open the account, as a password alone does not."""
    async with services().database.reading() as records:
        return await has_second_factor(records, artist.pk)


async def _build_join(token: str, form: FormView) -> JoinPage:
    link = await _read_link(token, *JOIN_PURPOSES)
    purpose = cast(Literal["first_admin", "invitation"], str(link.purpose))
    return JoinPage(token, purpose, await _find_byline(link.artist_pk), form)


async def _build_reset(token: str, form: FormView) -> PasswordResetPage:
    link = await _read_link(token, Purpose.PASSWORD_RESET)
    if (byline := await _find_byline(link.artist_pk)) is None:
        raise LinkUnusable
    return PasswordResetPage(token, byline, form)


async def _read_link(token: str, *purposes: Purpose) -> Token:
    """What the link is for. Asked before anything costly is done for whoever made one up."""
    return await read_link(services(), token, purposes, visitor().address)


async def _find_byline(artist_pk: int | None) -> Byline | None:
    if artist_pk is None:
        return None
    async with services().database.reading() as records:
        artist = await records.artists.find_by_pk(artist_pk)
    return house().gallery.byline(artist) if artist else None
