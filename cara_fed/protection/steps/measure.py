"""Step 2: how large is it? Read from the header, before anything is decoded."""

from dataclasses import replace

from cara_fed.protection.errors import TooManyFrames, TooManyPixels
from cara_fed.protection.formats.base import Header
from cara_fed.protection.formats.registry import CONTAINERS
from cara_fed.protection.picture import Picture
from cara_fed.protection.values import Limits, ReportLine
from cara_fed.protection.words import size_in_words


def measure(picture: Picture) -> tuple[Picture, ReportLine]:
    """Raises BrokenPicture, TooManyPixels and TooManyFrames."""
    header = CONTAINERS[picture.format].read_header(picture.data)
    require_within(header, picture.request.limits)
    text = f"It measures {size_in_words((header.width, header.height))} pixels"
    text += f" and moves, in {header.frames} frames." if header.frames > 1 else "."
    if header.pages > 1:
        text += f" Of its {header.pages} pages the first one is used."
    facts = {"width": header.width, "height": header.height, "frames": header.frames, "pages": header.pages}
    return replace(picture, header=header), ReportLine("measure", text, facts)


def require_within(header: Header, limits: Limits) -> None:
    """Raises TooManyPixels or TooManyFrames where the picture is beyond the limits."""
    if header.most_pixels > limits.max_pixels:
        raise TooManyPixels(
            f"The picture has {_in_megapixels(header.most_pixels)}; at most {_in_megapixels(limits.max_pixels)}"
            " are taken, so export it smaller."
        )
    if header.frames > limits.max_frames:
        raise TooManyFrames(
            f"The animation has {header.frames} frames; at most {limits.max_frames} are taken, so shorten it."
        )
    if header.frames * header.most_pixels > limits.max_animation_pixels:
        raise TooManyFrames("The animation is too large and too long together; make it smaller or shorten it.")


def _in_megapixels(pixels: int) -> str:
    millions = pixels / 1e6
    return f"{millions:,.0f} megapixels" if millions >= 10 else f"{millions:.2g} megapixels"
