"""Publishing: pictures and words from a form, with or without JavaScript."""

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from cara_fed.errors import InvalidInput
from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.publish_post import publish_post
from cara_fed.publishing.store_picture import PictureUnusable
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.views import path_of_post
from cara_fed.web.forms import FormInvalid
from cara_fed.web.house import services
from cara_fed.web.parts import FormView
from cara_fed.web.publish_form import PublishForm, read_publish_form
from cara_fed.web.showing import form_again, show, show_invalid
from cara_fed.web.signed_in import require_artist
from cara_fed.web.studio_views import PublishPage
from cara_fed.web.uploads import path_of, read_fields, read_files
from storage.artists import Artist

room = Blueprint("publishing", __name__)


@room.get("/publish")
async def show_publish() -> ResponseReturnValue:
    """The form."""
    return await show(_build_page(require_artist(), FormView()))


@room.post("/publish")
async def publish() -> ResponseReturnValue:
    """Publish what the form holds, and lead to it."""
    artist, fields = require_artist(), await read_fields()
    try:
        form = read_publish_form(fields, await read_files())
        post = await publish_post(services(), artist, _read_draft(form))
    except FormInvalid as invalid:
        return await show_invalid(_build_page(artist, invalid.view))
    except InvalidInput as refusal:
        return await show_invalid(_build_page(artist, form_again(fields, **{_field_of(refusal, form): str(refusal)})))
    return redirect(path_of_post(artist, post), 303)


def _read_draft(form: PublishForm) -> PostDraft:
    return PostDraft(
        text=form.text,
        pictures=tuple(
            PictureDraft(path_of(picture.upload), picture.alt, picture.upload.filename or "", opt_out=picture.opt_out)
            for picture in form.pictures
        ),
        content_warning=form.content_warning,
        sensitive=form.sensitive,
        visibility=form.visibility,
        opt_out=form.opt_out,
        license=form.license,
        digital_source_type=form.digital_source_type,
        quote_policy=form.quote_policy,
    )


def _field_of(refusal: InvalidInput, form: PublishForm) -> str:
    """The field beside which a refusal stands."""
    if isinstance(refusal, PictureUnusable):
        return f"picture-{form.pictures[refusal.number - 1].place}"
    return "text"


def _build_page(artist: Artist, form: FormView) -> PublishPage:
    config = services().config
    return PublishPage(
        inherited=effective_opt_out(config.opt_out.default, artist),
        inherited_from="artist" if artist.opt_out else "instance",
        max_file_mib=config.protection.max_file_mib,
        form=form,
    )
