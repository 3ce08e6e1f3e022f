"""The frames of an animation, one by one, upright, in sRGB and at the size that is wanted."""

from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from cara_fed.protection.colours import blank_hidden, to_srgb
from cara_fed.protection.decoding import decoding_faults, normalise, open_picture
from cara_fed.protection.marks.visible import put_on
from cara_fed.protection.picture import Picture
from cara_fed.protection.steps.fit import resize
from cara_fed.protection.steps.orient import turn

_SHORTEST, _USUAL = 20, 100  # every browser shows frames of 10 ms or less for 100 ms
_LONGEST = 60_000


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole frame, RGBA, and how many milliseconds it stands."""

    image: Image.Image
    duration: int


def read_frames(picture: Picture, size: tuple[int, int]) -> Iterator[Frame]:
    """Decodes the animation anew and yields its frames at this size (of the upright picture).

    Raises BrokenPicture where a frame cannot be decoded.
    """
    opened = open_picture(picture.data, picture.format)
    first = 1 if getattr(opened, "default_image", False) else 0
    for number in range(first, first + picture.header.frames):
        with decoding_faults():
            opened.seek(number)
            opened.load()
            decoded = normalise(opened)
        yield Frame(_finish(picture, decoded, size), _duration(opened.info.get("duration")))


def _finish(picture: Picture, decoded: Image.Image, size: tuple[int, int]) -> Image.Image:
    upright = turn(to_srgb(decoded, picture.profile), picture.orientation)
    frame = blank_hidden(resize(upright.convert("RGBA"), size))
    wanted = picture.request.visible_mark
    return put_on(frame, picture.stamp, wanted) if picture.stamp and wanted else frame


def _duration(stated: float | None) -> int:
    duration = int(stated or 0)
    return min(duration, _LONGEST) if duration >= _SHORTEST else _USUAL
