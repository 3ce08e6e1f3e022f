"""What was done to one picture, of a post or still of a draft: before and after, what was removed and written in, and
each file; for its artist.
"""

from dataclasses import dataclass

from quart import Blueprint, Response
from quart.typing import ResponseReturnValue

from activitypub.opt_out import OptOut
from cara_fed.protection.words import size_in_words
from cara_fed.publishing.keep_draft import find_own_draft
from cara_fed.remote_media.sniff import sniff_picture
from cara_fed.services import picture_limits
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.posts import file_name_of
from cara_fed.translate.views import path_of_post
from cara_fed.web import parts
from cara_fed.web.errors import NothingHere
from cara_fed.web.house import house, services
from cara_fed.web.mark_views import FileView, PictureDonePage
from cara_fed.web.measures import describe_file, list_measures, list_removed
from cara_fed.web.pages.editing import find_own
from cara_fed.web.showing import show
from cara_fed.web.signed_in import require_artist
from cara_fed.words.writing import write_size
from storage.attachments import Picture
from storage.errors import NotFound

OF_POST = "/@<name>/<pk:pk>/pictures/<int:number>"
OF_DRAFT = "/drafts/<pk:pk>/pictures/<pk:upload_pk>"

room = Blueprint("picture_done", __name__)


@dataclass(frozen=True, slots=True)
class _Own:
    """A picture of one's own, as pages show it, at ``path``; of the ``count`` at ``back``, the ``number``-th from 1."""

    picture: Picture
    view: parts.Picture
    policy: OptOut
    path: str
    back: str
    number: int = 1
    count: int = 1


@room.get(OF_POST)
async def show_done(name: str, pk: int, number: int) -> ResponseReturnValue:
    """The page, of a post's picture."""
    return await show(_build_page(await _find(name, pk, number), is_draft=False))


@room.get(OF_DRAFT)
async def show_done_in_draft(pk: int, upload_pk: int) -> ResponseReturnValue:
    """The page, of a picture that is not published yet."""
    return await show(_build_page(await _find_in_draft(pk, upload_pk), is_draft=True))


@room.get(f"{OF_POST}/original")
async def download_original(name: str, pk: int, number: int) -> ResponseReturnValue:
    """The untouched original, as it was uploaded, piece by piece."""
    return await _send_original(await _find(name, pk, number))


@room.get(f"{OF_DRAFT}/original")
async def download_original_in_draft(pk: int, upload_pk: int) -> ResponseReturnValue:
    """The same, of a picture that is not published yet."""
    return await _send_original(await _find_in_draft(pk, upload_pk))


@room.get(f"{OF_POST}/before")
async def show_before(name: str, pk: int, number: int) -> ResponseReturnValue:
    """The original before anything was added, at the size of our pages."""
    return await _show_before(await _find(name, pk, number))


@room.get(f"{OF_DRAFT}/before")
async def show_before_in_draft(pk: int, upload_pk: int) -> ResponseReturnValue:
    """The same, of a picture that is not published yet."""
    return await _show_before(await _find_in_draft(pk, upload_pk))


@room.get(f"{OF_POST}/difference")
async def show_difference(name: str, pk: int, number: int) -> ResponseReturnValue:
    """What was changed, eight times as strong."""
    return await _show_difference(await _find(name, pk, number))


@room.get(f"{OF_DRAFT}/difference")
async def show_difference_in_draft(pk: int, upload_pk: int) -> ResponseReturnValue:
    """The same, of a picture that is not published yet."""
    return await _show_difference(await _find_in_draft(pk, upload_pk))


async def _find(name: str, pk: int, number: int) -> _Own:
    rows = await find_own(name, pk)
    if not 1 <= number <= len(rows.pictures) or not rows.pictures[number - 1].attachment.original_hash:
        raise NothingHere
    picture, gallery, back = rows.pictures[number - 1], house().gallery, path_of_post(rows.artist, rows.post)
    post = gallery.post(rows)
    policy = post.opt_out.policy if post.opt_out else services().config.opt_out.default
    view, count = gallery.picture(rows, picture), len(rows.pictures)
    return _Own(picture, view, policy, f"{back}/pictures/{number}", back, number, count)


async def _find_in_draft(pk: int, upload_pk: int) -> _Own:
    artist = require_artist()
    draft = await find_own_draft(services(), artist, pk)
    async with services().database.reading() as records:
        upload = (await records.uploads.find([upload_pk])).get(upload_pk)
        if upload is None or upload.draft_pk != draft.pk or upload.attachment_pk is None:
            raise NothingHere
        picture = (await records.attachments.find([upload.attachment_pk]))[upload.attachment_pk]
    policy, view = (
        effective_opt_out(services().config.opt_out.default, artist),
        house().gallery.uploaded(artist, picture),
    )
    return _Own(picture, view, policy, f"/drafts/{pk}/pictures/{upload_pk}", f"/drafts/{pk}")


async def _send_original(own: _Own) -> Response:
    attachment, media = own.picture.attachment, services().media
    file_hash = attachment.original_hash or ""
    size = await media.size("private", file_hash)
    file_name = (attachment.original_name or "original").encode("ascii", "replace").decode().replace('"', "'")
    response = Response(media.stream("private", file_hash), content_type="application/octet-stream")
    response.headers["content-length"] = str(size)
    response.headers["content-disposition"] = f'attachment; filename="{file_name}"'
    response.headers["cache-control"] = "private, no-store"
    return response


async def _show_before(own: _Own) -> Response:
    image = await services().pictures.show_before(await _read_original(own), picture_limits(services().config))
    return _answer(image)


async def _show_difference(own: _Own) -> Response:
    published = await services().media.read("public", file_name_of(own.picture.renditions["federated"]))
    original, limits = await _read_original(own), picture_limits(services().config)
    return _answer(await services().pictures.show_difference(original, published, limits))


async def _read_original(own: _Own) -> bytes:
    try:
        return await services().media.read("private", own.picture.attachment.original_hash or "")
    except NotFound as gone:
        raise NothingHere from gone


def _answer(image: bytes) -> Response:
    media_type = sniff_picture(image) or "application/octet-stream"
    return Response(image, content_type=media_type, headers={"cache-control": "private, max-age=3600"})


def _build_page(own: _Own, *, is_draft: bool) -> PictureDonePage:
    report = own.picture.attachment.report
    return PictureDonePage(
        back_url=own.back,
        number=own.number,
        count=own.count,
        picture=own.view,
        before_url=f"{own.path}/before",
        difference_url=f"{own.path}/difference",
        original_url=f"{own.path}/original",
        lines=tuple(str(line.get("text", "")) for line in report),
        removed=list_removed(report),
        measures=list_measures(report),
        files=tuple(_view_files(own)),
        is_draft=is_draft,
    )


def _view_files(own: _Own) -> list[FileView]:
    files = []
    for kind, one in own.picture.renditions.items():
        size = f"{one.extension.upper()}, {size_in_words((one.width, one.height))}, {write_size(one.byte_size)}"
        files.append(describe_file(kind, size, house().gallery.file_url(one, own.policy)))
    return files
