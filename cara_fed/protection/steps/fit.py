"""Step 7: made as small as the largest rendition, so that every later step is cheap whatever came in."""

from dataclasses import replace

from PIL import Image

from cara_fed.protection.picture import Picture
from cara_fed.protection.sizes import working_size
from cara_fed.protection.values import ReportLine
from cara_fed.protection.words import size_in_words
from cara_fed.words.speech import _


def fit(picture: Picture) -> tuple[Picture, ReportLine]:
    """Resizes by Lanczos in the picture's own colours; never enlarges."""
    size = working_size((picture.header.width, picture.header.height))
    fitted = replace(picture, image=resize(picture.image, size))
    is_same = fitted.image is picture.image
    text = _("Its size is used as it is.") if is_same else _("Made smaller, to %(size)s.", size=size_in_words(size))
    return fitted, ReportLine("fit", text, {"width": size[0], "height": size[1]})


def resize(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The image at this size; the very same image where it has it already."""
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
