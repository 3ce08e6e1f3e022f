"""Step 10: what it looks like, in a few bits, so that copies and crops of it are known again."""

from dataclasses import replace

from PIL import Image

from cara_fed.protection.backgrounds import estimate_background, flatten
from cara_fed.protection.likeness import look_at
from cara_fed.protection.picture import Picture
from cara_fed.protection.values import ReportLine
from cara_fed.words.speech import _


def remember(picture: Picture) -> tuple[Picture, ReportLine]:
    """Looks at the artist's own pixels, before anything is added to them."""
    likeness = look_at(on_ground(picture.image, picture))
    text = _("Its look is remembered, so that copies of it are known again.")
    if not likeness.whole:
        text = _("It is too plain to be known again by its look.")
    return replace(picture, likeness=likeness), ReportLine("remember", text, {"is_plain": not likeness.whole})


def on_ground(image: Image.Image, picture: Picture) -> Image.Image:
    """An RGB or RGBA image of this picture as RGB, on the picture's own background."""
    if image.mode == "RGB":
        return image
    return flatten(image, estimate_background(image, picture.embedded.background).colour)
