"""Tracing a picture that turned up elsewhere: which post it is, and through which host it left."""

from collections.abc import Mapping

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.errors import InvalidInput
from cara_fed.protection.errors import PictureRefused
from cara_fed.recognition.trace import Traced, fetch_picture, find_way, trace_picture
from cara_fed.recognition.words import list_reasons, say_confidence, say_way
from cara_fed.web.forms import Upload, chosen_file
from cara_fed.web.house import house, services
from cara_fed.web.mark_views import TracedView, TracePage
from cara_fed.web.showing import form_again, show, show_invalid
from cara_fed.web.signed_in import require_artist
from cara_fed.web.uploads import read_fields, read_files
from cara_fed.words.speech import _, later
from storage.artists import Artist

PATH = "/trace"
_NOTHING = later("Choose the picture, or give its address.")

room = Blueprint("tracing", __name__)


@room.get(PATH)
async def show_tracing() -> ResponseReturnValue:
    """The form."""
    require_artist()
    return await show(TracePage())


@room.post(PATH)
async def trace() -> ResponseReturnValue:
    """Say what is known of the picture."""
    artist, fields = require_artist(), await read_fields()
    try:
        return await show(await _trace(artist, fields, await read_files()))
    except (InvalidInput, PictureRefused) as refusal:
        field = "address" if fields.get("address", "").strip() else "picture"
        return await show_invalid(TracePage(form=form_again(fields, **{field: str(refusal)})))


async def _trace(artist: Artist, fields: Mapping[str, str], files: Mapping[str, Upload]) -> TracePage:
    form, upload, address = form_again(fields), chosen_file(files, "picture"), fields.get("address", "").strip()
    if upload is None and not address:
        raise InvalidInput(_(_NOTHING))
    if upload is not None:
        most = services().config.protection.max_file_mib * 1024 * 1024
        return await _trace_content(artist, upload.stream.read(most + 1), form=form)
    way = await find_way(services(), address)
    if way is None:
        return await _trace_content(artist, await fetch_picture(services(), address), form=form)
    left, traced = way
    found = (await _view(artist, traced, later("Certain"), ()),) if traced else ()
    return TracePage(found, say_way(left), form)


async def _trace_content(artist: Artist, content: bytes, *, form: object) -> TracePage:
    found = [one for one in await trace_picture(services(), content) if _may_see(artist, one)]
    views = [await _view(artist, one, say_confidence(one), tuple(list_reasons(one))) for one in found]
    return TracePage(tuple(views), form=form)  # type: ignore[arg-type]


def _may_see(artist: Artist, traced: Traced) -> bool:
    """Whether the artist may learn of it: their own, and what everybody can see."""
    if traced.picture.attachment.artist_pk == artist.pk:
        return True
    return traced.post is not None and traced.post.visibility in ("public", "unlisted")


async def _view(artist: Artist, traced: Traced, confidence: str, reasons: tuple[str, ...]) -> TracedView:
    if not _may_see(artist, traced):
        return TracedView(confidence, _("A picture that is not yours to see"), "", reasons)
    post, number = traced.post, traced.picture.attachment.position + 1
    owner = artist
    async with services().database.reading() as records:
        if traced.picture.attachment.artist_pk not in (None, artist.pk):
            owner = await records.artists.get_by_pk(traced.picture.attachment.artist_pk or 0)
    title = (
        _("Picture %(number)s of a post by @%(name)s", number=number, name=owner.name)
        if post
        else _("A picture that is of no post now")
    )
    return TracedView(
        confidence, title, post.url if post else "", reasons, house().gallery.uploaded(owner, traced.picture)
    )
