"""What was done to one picture: before and after, what was removed and written in, and each file; for its artist."""

from dataclasses import dataclass

from quart import Blueprint, Response
from quart.typing import ResponseReturnValue

from cara_fed.protection.words import bytes_in_words, size_in_words
from cara_fed.remote_media.sniff import sniff_picture
from cara_fed.services import picture_limits
from cara_fed.translate.posts import PostRows, file_name_of
from cara_fed.translate.views import path_of_post
from cara_fed.web.errors import NothingHere
from cara_fed.web.house import house, services
from cara_fed.web.mark_views import FileView, PictureDonePage
from cara_fed.web.measures import describe_file, list_measures, list_removed
from cara_fed.web.pages.editing import find_own
from cara_fed.web.showing import show
from storage.attachments import Picture
from storage.errors import NotFound

room = Blueprint("picture_done", __name__, url_prefix="/@<name>/<pk:pk>/pictures")


@dataclass(frozen=True, slots=True)
class _Own:
    """A picture of one's own, with the post that it is of; ``number`` counts from 1."""

    rows: PostRows
    picture: Picture
    number: int


@room.get("/<int:number>")
async def show_done(name: str, pk: int, number: int) -> ResponseReturnValue:
    """The page."""
    return await show(_build_page(await _find(name, pk, number)))


@room.get("/<int:number>/original")
async def download_original(name: str, pk: int, number: int) -> ResponseReturnValue:
    """The untouched original, as it was uploaded, piece by piece."""
    own = await _find(name, pk, number)
    attachment, media = own.picture.attachment, services().media
    file_hash = attachment.original_hash or ""
    size = await media.size("private", file_hash)
    file_name = (attachment.original_name or "original").encode("ascii", "replace").decode().replace('"', "'")
    response = Response(media.stream("private", file_hash), content_type="application/octet-stream")
    response.headers["content-length"] = str(size)
    response.headers["content-disposition"] = f'attachment; filename="{file_name}"'
    response.headers["cache-control"] = "private, no-store"
    return response


@room.get("/<int:number>/before")
async def show_before(name: str, pk: int, number: int) -> ResponseReturnValue:
    """The original before anything was added, at the size of our pages."""
    own = await _find(name, pk, number)
    image = await services().pictures.show_before(await _read_original(own), picture_limits(services().config))
    return _answer(image)


@room.get("/<int:number>/difference")
async def show_difference(name: str, pk: int, number: int) -> ResponseReturnValue:
    """What was changed, eight times as strong."""
    own = await _find(name, pk, number)
    published = await services().media.read("public", file_name_of(own.picture.renditions["federated"]))
    original, limits = await _read_original(own), picture_limits(services().config)
    return _answer(await services().pictures.show_difference(original, published, limits))


async def _find(name: str, pk: int, number: int) -> _Own:
    rows = await find_own(name, pk)
    if not 1 <= number <= len(rows.pictures) or not rows.pictures[number - 1].attachment.original_hash:
        raise NothingHere
    return _Own(rows, rows.pictures[number - 1], number)


async def _read_original(own: _Own) -> bytes:
    try:
        return await services().media.read("private", own.picture.attachment.original_hash or "")
    except NotFound as gone:
        raise NothingHere from gone


def _answer(image: bytes) -> Response:
    media_type = sniff_picture(image) or "application/octet-stream"
    return Response(image, content_type=media_type, headers={"cache-control": "private, max-age=3600"})


def _build_page(own: _Own) -> PictureDonePage:
    rows, picture, gallery = own.rows, own.picture, house().gallery
    path, report = path_of_post(rows.artist, rows.post), picture.attachment.report
    here = f"{path}/pictures/{own.number}"
    return PictureDonePage(
        post_url=path,
        number=own.number,
        count=len(rows.pictures),
        picture=gallery.picture(rows, picture),
        before_url=f"{here}/before",
        difference_url=f"{here}/difference",
        original_url=f"{here}/original",
        lines=tuple(str(line.get("text", "")) for line in report),
        removed=list_removed(report),
        measures=list_measures(report),
        files=tuple(_view_files(own)),
    )


def _view_files(own: _Own) -> list[FileView]:
    gallery, post = house().gallery, house().gallery.post(own.rows)
    files = []
    for kind, one in own.picture.renditions.items():
        size = f"{one.extension.upper()}, {size_in_words((one.width, one.height))}, {bytes_in_words(one.byte_size)}"
        policy = post.opt_out.policy if post.opt_out else services().config.opt_out.default
        files.append(describe_file(kind, size, gallery.file_url(one, policy)))
    return files
