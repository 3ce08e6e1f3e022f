"""What is attached to other people's posts: pictures, films, sounds and links, in all the shapes they come in."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from activitypub.documents import Json, as_list, first, types_of
from activitypub.html import strip_html
from activitypub.opt_out import StatedOptOut, read_stated_opt_out
from activitypub.reading import is_true, media_type_of, read_number, web_address
from activitypub.texts import bound_text

Kind = Literal["image", "video", "audio", "link"]

MAX_ATTACHMENTS: Final = 20
MAX_ALT: Final = 10_000
MAX_SIDE: Final = 100_000
_MAX_CHOICES: Final = 64
_FILM_HEIGHT: Final = 720

_BY_TYPE: Final[dict[str, Kind]] = {"Image": "image", "Video": "video", "Audio": "audio"}
_BY_MEDIA_TYPE: Final[dict[str, Kind]] = {"image": "image", "video": "video", "audio": "audio"}
_ENDINGS: Final[dict[Kind, str]] = {
    "image": "jpg jpeg jfif png gif webp avif heic heif jxl bmp tif tiff",
    "video": "mp4 m4v webm mov ogv mkv",
    "audio": "mp3 ogg oga opus flac wav m4a aac",
}
_BY_ENDING: Final = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}
_BASE83: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_LOOKS_LIKE_HTML: Final = re.compile(r"</?(?:p|br)\b|&(?:lt|gt|amp|quot|#\d+);")
_SILENT: Final = StatedOptOut()
_BLURHASH: Final = re.compile(rf"[{re.escape(_BASE83)}]{{6,166}}")


@dataclass(frozen=True, slots=True)
class RemoteAttachment:
    """One thing attached. Sizes are what its server claims; ``url`` is http or https, and is never linked for a
    visitor's browser to load as a picture."""

    kind: Kind
    url: str
    media_type: str = ""
    alt: str = ""
    width: int | None = None
    height: int | None = None
    blurhash: str = ""
    focal_point: tuple[float, float] | None = None
    sensitive: bool = False
    thumbnail: str | None = None
    opt_out: StatedOptOut = _SILENT


def read_attachments(document: Json) -> tuple[RemoteAttachment, ...]:
    """The post's attachments in order, at most MAX_ATTACHMENTS; then, where no picture is among them, the post's own
    file (Image, Video, Audio: Hubzilla, PeerTube, Funkwhale) or its title picture (WordPress, Lemmy, Mobilizon)."""
    listed = tuple(_read_all(as_list(document.get("attachment"))[:MAX_ATTACHMENTS]))
    if any(attachment.kind != "link" for attachment in listed):
        return listed
    own = _read_own_file(document) or next(_read_all(as_list(document.get("image"))[:_MAX_CHOICES], "image"), None)
    return (own, *listed)[:MAX_ATTACHMENTS] if own else listed


def _read_all(items: Iterable[object], kind: Kind | None = None) -> Iterator[RemoteAttachment]:
    for item in items:
        stated: Json = item if isinstance(item, dict) else {"type": "Link", "href": item}
        attachment = _read_attachment(stated, kind)
        if attachment is not None:
            yield attachment


def _read_attachment(item: Json, kind: Kind | None = None) -> RemoteAttachment | None:
    """One attachment; None for what has no address: a Note, a PropertyValue, a payment link."""
    file = _best_file(as_list(item.get("url") or item.get("href")))
    url = web_address(file)
    if url is None:
        return None
    media_type = media_type_of(item) or media_type_of(file)
    sizes = file if isinstance(file, dict) else {}
    return RemoteAttachment(
        kind=kind or _kind_of(types_of(item), media_type, url),
        url=url,
        media_type=media_type,
        alt=_read_alt(item),
        width=_read_side(item.get("width", sizes.get("width"))),
        height=_read_side(item.get("height", sizes.get("height"))),
        blurhash=_read_blurhash(item.get("blurhash")),
        focal_point=_read_focal_point(item.get("focalPoint")),
        sensitive=is_true(item.get("sensitive")),
        thumbnail=_widest(item.get("icon")),
        opt_out=read_stated_opt_out(item),
    )


def _read_own_file(document: Json) -> RemoteAttachment | None:
    """The file that the post itself is: among the Links of its `url`, or in an HLS playlist's `tag` (PeerTube)."""
    kinds = [_BY_TYPE[name] for name in types_of(document) if name in _BY_TYPE]
    links = as_list(document.get("url"))[:_MAX_CHOICES]
    inner = [tag for link in links if isinstance(link, dict) for tag in as_list(link.get("tag"))[:_MAX_CHOICES]]
    stated = media_type_of(document)
    files = [file for file in (*links, *inner) if _is_file(file, stated, kinds)]
    thumbnail = _widest(document.get("icon")) or _widest(document.get("image"))
    if files:
        best = _best_file(files)
        own = _read_attachment({**document, "url": best, "mediaType": media_type_of(best), "summary": None})
        return own and replace(own, thumbnail=None if own.kind == "image" else thumbnail)
    if kinds and thumbnail:
        return RemoteAttachment("image", thumbnail, alt=_read_alt(document))
    return None


def _is_file(link: object, stated: str, kinds: list[Kind]) -> bool:
    """Whether one of a post's addresses is a picture, film or sound of the post's kind."""
    url = web_address(link)
    media_type = media_type_of(link) or (stated if isinstance(link, str) else "")
    if url is None or media_type == "text/html":
        return False
    kind = _kind_of((), media_type, url)
    return kind in kinds if kinds else kind == "image"  # an early Lemmy linked its pictures as the page's url


def _kind_of(types: tuple[str, ...], media_type: str, url: str) -> Kind:
    """By the media type, else by the object's own type, else by how the address ends."""
    by_type = next((_BY_TYPE[name] for name in types if name in _BY_TYPE), None)
    stated = _BY_MEDIA_TYPE.get(media_type.partition("/")[0]) or by_type
    return stated or ("link" if media_type else _kind_by_ending(url))


def _kind_by_ending(url: str) -> Kind:
    path = url.partition("#")[0].partition("?")[0]
    return _BY_ENDING.get(path.rpartition(".")[2].lower(), "link")


def _best_file(files: list[object]) -> object:
    """The file to show of several sizes: the tallest up to 720 lines, else the least tall; the first where none
    gives a height. A picture that comes in several sizes is shown in its largest."""
    files = [file for file in files[:_MAX_CHOICES] if web_address(file)]
    if not files or not isinstance(files[0], dict):
        return first(files)
    if all(media_type_of(file).startswith("image/") for file in files):
        return max(files, key=_height_of)
    fitting = [file for file in files if _height_of(file) <= _FILM_HEIGHT]
    return max(fitting, key=_height_of) if fitting else min(files, key=_height_of)


def _height_of(file: object) -> float:
    return (read_number(file.get("height"), 0, MAX_SIDE) if isinstance(file, dict) else None) or 0


def _widest(value: object) -> str | None:
    """The address of the largest of several thumbnails."""
    icons = [icon for icon in as_list(value)[:_MAX_CHOICES] if web_address(icon)]
    return web_address(max(icons, key=_height_of)) if icons else None


def _read_alt(item: Json) -> str:
    """The text in place of the picture: `summary`, else `name` unless that is a file's name (Pleroma, Hubzilla)."""
    name = bound_text(item.get("name"), MAX_ALT)
    is_file_name = " " not in name and name.rpartition(".")[2].lower() in _BY_ENDING
    return _read_summary(item) or ("" if is_file_name else name)


def _read_summary(item: Json) -> str:
    # A summary is HTML by the book, and so GoToSocial writes it; everyone else writes plain text.
    text = bound_text(item.get("summary"), MAX_ALT)
    return strip_html(text, MAX_ALT) if _LOOKS_LIKE_HTML.search(text) else text


def _read_side(value: object) -> int | None:
    side = read_number(value, 1, MAX_SIDE)
    return None if side is None else int(side)


def _read_blurhash(value: object) -> str:
    """A blurhash whose length fits the number of components that its first digit gives; else ""."""
    if not isinstance(value, str) or not _BLURHASH.fullmatch(value):
        return ""
    rows, columns = divmod(_BASE83.index(value[0]), 9)
    return value if len(value) == 4 + 2 * (rows + 1) * (columns + 1) else ""


def _read_focal_point(value: object) -> tuple[float, float] | None:
    value = value.get("@list") if isinstance(value, dict) else value
    if not isinstance(value, list) or len(value) != 2:
        return None
    x, y = (read_number(coordinate, -1, 1) for coordinate in value)
    return None if x is None or y is None else (x, y)
