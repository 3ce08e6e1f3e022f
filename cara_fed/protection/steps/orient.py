"""Step 8: turned upright, since the note that says which way is up stays behind."""

from dataclasses import replace

from PIL import Image

from cara_fed.protection.picture import Picture
from cara_fed.protection.values import ReportLine
from cara_fed.words.speech import _

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def orient(picture: Picture) -> tuple[Picture, ReportLine]:
    """Applies the EXIF orientation to the still; an animation's frames are turned as they are read."""
    upright = replace(picture, image=turn(picture.image, picture.orientation))
    text = _("It was upright already.") if picture.orientation == 1 else _("Turned upright.")
    return upright, ReportLine("orient", text, {"orientation": picture.orientation})


def turn(image: Image.Image, orientation: int) -> Image.Image:
    """The image as the EXIF orientation means it to be looked at."""
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image
