"""Step 5: the pixels, decoded once, and no larger than the largest rendition needs."""

from dataclasses import replace

from PIL import Image

from cara_fed.protection.decoding import decoding_faults, header_of, normalise, open_picture
from cara_fed.protection.formats.base import Header
from cara_fed.protection.picture import Picture
from cara_fed.protection.sizes import working_size
from cara_fed.protection.steps.measure import require_within
from cara_fed.protection.values import Format, ReportLine
from cara_fed.protection.words import size_in_words
from cara_fed.words.speech import _

_LOSSLESS = frozenset((Format.PNG, Format.WEBP, Format.TIFF, Format.GIF))
# These decoders turn the picture upright themselves, or (AVIF) say in their own way how.
_TURNED_BY_DECODER = frozenset((Format.TIFF, Format.HEIC))
_ORIENTATION = 0x0112


def decode(picture: Picture) -> tuple[Picture, ReportLine]:
    """Raises BrokenPicture, TooManyPixels where the decoder sees more than the header said, NotAPicture."""
    opened = open_picture(picture.data, picture.format)
    require_within(header_of(opened), picture.request.limits)
    header = _frames_as_opened(picture, opened)
    with decoding_faults():
        image = _decode_still(opened, picture.format)
    upright = replace(picture, header=header, orientation=_orientation(picture, opened))
    decoded = replace(
        upright,
        image=image,
        profile=opened.info.get("icc_profile") or b"",
        plays=_plays(opened, picture.format),
        is_full_size=picture.format in _LOSSLESS,
    )
    facts = {"decoded_width": image.width, "decoded_height": image.height, "mode": image.mode}
    return decoded, ReportLine("decode", _describe(picture, image), facts)


def _frames_as_opened(picture: Picture, opened: Image.Image) -> Header:
    frames = header_of(opened).frames
    if getattr(opened, "default_image", False):  # an APNG whose first picture is for viewers that do not animate
        frames -= 1
    width, height = (opened.width, opened.height) if picture.format is not Format.TIFF else _size(picture)
    return replace(picture.header, width=width, height=height, frames=frames)


def _size(picture: Picture) -> tuple[int, int]:
    turned = picture.orientation >= 5
    header = picture.header
    return (header.height, header.width) if turned else (header.width, header.height)


def _decode_still(opened: Image.Image, picture_format: Format) -> Image.Image:
    if picture_format is Format.JPEG:
        opened.draft(None, working_size(opened.size))
    if getattr(opened, "default_image", False):
        opened.seek(1)
    opened.load()
    return normalise(opened)


def _orientation(picture: Picture, opened: Image.Image) -> int:
    if picture.format in _TURNED_BY_DECODER:
        return 1
    if picture.format is Format.AVIF:
        stated = opened.getexif().get(_ORIENTATION, 1)
        return stated if stated in range(1, 9) else 1
    return picture.orientation


def _plays(opened: Image.Image, picture_format: Format) -> int:
    stated = opened.info.get("loop")
    if picture_format is Format.GIF:  # GIF counts the repeats, the others how often it plays; 0 is for ever
        return 1 if stated is None else stated + 1 if stated else 0
    return stated or 0


def _describe(picture: Picture, image: Image.Image) -> str:
    if image.size != (picture.header.width, picture.header.height) and picture.format is Format.JPEG:
        return _("Decoded at %(size)s, which is all that the renditions need.", size=size_in_words(image.size))
    return _("Decoded whole.")
