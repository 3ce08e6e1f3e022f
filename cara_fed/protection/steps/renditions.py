"""Step 14: the still files for other servers and for our own pages, each coded afresh from the same pixels."""

from collections.abc import Iterator
from dataclasses import replace

from PIL import Image

from cara_fed.protection.backgrounds import estimate_background, flatten
from cara_fed.protection.encoding import encode_jpeg, encode_png, encode_webp
from cara_fed.protection.flatness import measure_flatness
from cara_fed.protection.picture import Picture, with_renditions
from cara_fed.protection.sizes import (
    FEDERATED_BYTES,
    federated_size,
    shrinking,
    thumbnail_size,
    web_medium_size,
    web_size,
    web_small_size,
)
from cara_fed.protection.steps.fit import resize
from cara_fed.protection.values import Format, Rendition, RenditionKind, ReportLine
from cara_fed.protection.words import size_in_words
from cara_fed.words.speech import _
from cara_fed.words.writing import write_size

_QUALITIES = (88, 80, 72)
_DRAWING_QUALITIES = (90, 82, 74)
_WEB_QUALITY = 82
_DRAWING_WEB_QUALITY = 90
_SMALL_PIXELS = 250_000  # up to here full colour resolution costs next to nothing
_LOSSLESS_WEB_BYTES = 1_500_000
_RIGHTS_BYTES = 32_000  # room for the metadata that is written in later
_LOSSY_SOURCES = frozenset((Format.JPEG, Format.AVIF, Format.HEIC))


def make_renditions(picture: Picture) -> tuple[Picture, ReportLine]:
    """The files for other servers and for our pages, each from the next larger image; a web_medium where it pays."""
    flatness = measure_flatness(picture.image)
    is_lossless = picture.format not in _LOSSY_SOURCES
    is_small = picture.image.width * picture.image.height < _SMALL_PIXELS
    drawn = replace(picture, is_drawing=flatness.is_drawing or is_lossless or is_small)
    keeps_pixels = flatness.is_flat and is_lossless
    federated, note = _make_federated(drawn, keeps_pixels)
    made = (federated, *_make_web(drawn, keeps_pixels))
    return with_renditions(drawn, made), _report(made, note)


def _make_web(drawn: Picture, keeps_pixels: bool) -> Iterator[Rendition]:
    size = drawn.image.size
    web, between = resize(drawn.image, web_size(size)), web_medium_size(size)
    medium = resize(web, between) if between else web
    small = resize(medium, web_small_size(size))
    yield _make_webp(RenditionKind.WEB, web, keeps_pixels)
    if between:
        yield _make_webp(RenditionKind.WEB_MEDIUM, medium, keeps_pixels)
    yield _make_webp(RenditionKind.WEB_SMALL, small, keeps_pixels)
    yield _make_plain(RenditionKind.WEB_PLAIN, drawn, medium)
    yield _make_plain(RenditionKind.THUMBNAIL, drawn, resize(small, thumbnail_size(small.size)))


def _make_federated(picture: Picture, keeps_pixels: bool) -> tuple[Rendition, str]:
    image = resize(picture.image, federated_size(picture.image.size))
    if keeps_pixels or image.mode == "RGBA":
        data = encode_png(image)
        if len(data) + _RIGHTS_BYTES < FEDERATED_BYTES:
            return rendition(RenditionKind.FEDERATED, data, Format.PNG, image.size), ""
    if image.mode == "RGB":
        return _make_jpeg(image, picture.is_drawing), ""
    background = estimate_background(image, picture.embedded.background)
    made = _make_jpeg(flatten(image, background.colour), picture.is_drawing)
    return made, " " + _(background.reason, colour="#{:02x}{:02x}{:02x}".format(*background.colour))


def _make_jpeg(image: Image.Image, is_drawing: bool) -> Rendition:
    """The best quality that stays below the bytes other servers take; the last resort is a smaller picture."""
    qualities: tuple[int, ...] = _DRAWING_QUALITIES if is_drawing else _QUALITIES
    smaller, data = image, b""
    for width, height in shrinking(image.size):
        smaller = resize(smaller, (width, height))
        for quality in qualities:
            data = encode_jpeg(smaller, quality, is_drawing=is_drawing)
            if len(data) + _RIGHTS_BYTES < FEDERATED_BYTES:
                return rendition(RenditionKind.FEDERATED, data, Format.JPEG, smaller.size)
        qualities = qualities[-1:]
    return rendition(RenditionKind.FEDERATED, data, Format.JPEG, smaller.size)


def _make_webp(kind: RenditionKind, image: Image.Image, keeps_pixels: bool) -> Rendition:
    if keeps_pixels:
        data = encode_webp(image, 60, lossless=True, method=3)
        if len(data) <= _LOSSLESS_WEB_BYTES:
            return rendition(kind, data, Format.WEBP, image.size)
    quality = _DRAWING_WEB_QUALITY if keeps_pixels else _WEB_QUALITY
    return rendition(kind, encode_webp(image, quality), Format.WEBP, image.size)


def _make_plain(kind: RenditionKind, picture: Picture, image: Image.Image) -> Rendition:
    """A JPEG, on the picture's own background."""
    if image.mode == "RGBA":
        image = flatten(image, estimate_background(image, picture.embedded.background).colour)
    data = encode_jpeg(image, _WEB_QUALITY, is_drawing=picture.is_drawing)
    return rendition(kind, data, Format.JPEG, image.size)


def rendition(kind: RenditionKind, data: bytes, made_as: Format, size: tuple[int, int]) -> Rendition:
    """One finished file with the names that go with its format."""
    extension = "jpg" if made_as is Format.JPEG else made_as.value
    return Rendition(kind, data, made_as.media_type, extension, *size)


def _report(made: tuple[Rendition, ...], note: str) -> ReportLine:
    federated, web = made[0], made[1]
    text = _(
        "For other servers: %(federated)s. For this site: %(web)s and smaller ones.",
        federated=_in_words(federated),
        web=_in_words(web),
    )
    return ReportLine("renditions", text + note, {one.kind.value: as_facts(one) for one in made})


def _in_words(one: Rendition) -> str:
    return f"{one.extension.upper()}, {size_in_words((one.width, one.height))}, {write_size(len(one.data))}"


def as_facts(one: Rendition) -> dict[str, str | int]:
    """A rendition as JSON values."""
    return {"media_type": one.media_type, "width": one.width, "height": one.height, "bytes": len(one.data)}
