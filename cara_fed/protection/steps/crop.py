"""Between steps 9 and 10, for portraits and banners alone: cut to their shape, around what must stay in sight."""

from dataclasses import replace

from cara_fed.protection.looks import guess_focal_point
from cara_fed.protection.picture import Picture
from cara_fed.protection.values import ReportLine
from cara_fed.words.speech import _


def crop(picture: Picture) -> tuple[Picture, ReportLine]:
    """The largest part of the request's shape, its middle as near to the focal point as it can be."""
    image, shape = picture.image, picture.request.shape or picture.image.size
    scale = min(image.width / shape[0], image.height / shape[1])
    width, height = max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale))
    x, y = picture.request.focal_point or guess_focal_point(image)
    left = _start((x + 1) / 2, width, image.width)
    top = _start((1 - y) / 2, height, image.height)
    cut = image.crop((left, top, left + width, top + height))
    facts = {"width": width, "height": height, "left": left, "top": top}
    return replace(picture, image=cut), ReportLine("crop", _("Cut to its shape."), facts)


def _start(middle: float, length: int, whole: int) -> int:
    """Where a part begins whose middle is wanted at this fraction of the whole."""
    return min(max(round(middle * whole - length / 2), 0), whole - length)
