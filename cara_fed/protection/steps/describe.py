"""Step 17: what others show before the picture has arrived, and where they crop it."""

from dataclasses import replace

from PIL import Image

from cara_fed.protection.backgrounds import estimate_background, flatten
from cara_fed.protection.blurhash import encode_blurhash
from cara_fed.protection.looks import find_dominant_color, guess_focal_point
from cara_fed.protection.picture import Picture
from cara_fed.protection.values import ReportLine
from cara_fed.words.speech import _


def describe(picture: Picture) -> tuple[Picture, ReportLine]:
    """BlurHash, dominant colour, and the focal point: the artist's, or a guess."""
    image = picture.image
    flat = _on_background(picture)
    chosen = picture.request.focal_point
    described = replace(
        picture,
        blurhash=encode_blurhash(flat),
        dominant_color=find_dominant_color(image),
        focal_point=_within(chosen) if chosen else guess_focal_point(flat),
    )
    text = (
        _("Its focal point is as you chose it.")
        if chosen
        else _("Its focal point is guessed from where the detail is.")
    )
    facts = {
        "blurhash": described.blurhash,
        "dominant_color": described.dominant_color,
        "focal_point": list(described.focal_point),
    }
    return described, ReportLine("describe", text, facts)


def _on_background(picture: Picture) -> Image.Image:
    if picture.image.mode == "RGB":
        return picture.image
    return flatten(picture.image, estimate_background(picture.image, picture.embedded.background).colour)


def _within(point: tuple[float, float]) -> tuple[float, float]:
    x, y = point
    return min(max(float(x), -1.0), 1.0), min(max(float(y), -1.0), 1.0)
