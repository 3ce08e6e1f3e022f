"""Step 2: how large is it? Read from the header, before anything is decoded."""

from dataclasses import replace

from cara_fed.protection.errors import TooManyFrames, TooManyPixels
from cara_fed.protection.formats.base import Header
from cara_fed.protection.formats.registry import CONTAINERS
from cara_fed.protection.picture import Picture
from cara_fed.protection.values import Limits, ReportLine
from cara_fed.protection.words import size_in_words
from cara_fed.words.speech import _
from cara_fed.words.writing import write_number


def measure(picture: Picture) -> tuple[Picture, ReportLine]:
    """Raises BrokenPicture, TooManyPixels and TooManyFrames."""
    header = CONTAINERS[picture.format].read_header(picture.data)
    require_within(header, picture.request.limits)
    text = _describe(header)
    facts = {"width": header.width, "height": header.height, "frames": header.frames, "pages": header.pages}
    return replace(picture, header=header), ReportLine("measure", text, facts)


def require_within(header: Header, limits: Limits) -> None:
    """Raises TooManyPixels or TooManyFrames where the picture is beyond the limits."""
    if header.most_pixels > limits.max_pixels:
        raise TooManyPixels(
            _(
                "The picture has %(size)s megapixels; at most %(most)s are taken, so export it smaller.",
                size=_in_megapixels(header.most_pixels),
                most=_in_megapixels(limits.max_pixels),
            )
        )
    if header.frames > limits.max_frames:
        raise TooManyFrames(
            _(
                "The animation has %(frames)s frames; at most %(most)s are taken, so shorten it.",
                frames=write_number(header.frames),
                most=write_number(limits.max_frames),
            )
        )
    if header.frames * header.most_pixels > limits.max_animation_pixels:
        raise TooManyFrames(_("The animation is too large and too long together; make it smaller or shorten it."))


def _in_megapixels(pixels: int) -> str:
    millions = pixels / 1e6
    return write_number(round(millions) if millions >= 10 else float(f"{millions:.2g}"))


def _describe(header: Header) -> str:
    size = size_in_words((header.width, header.height))
    text = _("It measures %(size)s pixels.", size=size)
    if header.frames > 1:
        text = _("It measures %(size)s pixels and moves, in %(frames)s frames.", size=size, frames=header.frames)
    if header.pages > 1:
        text += " " + _("Of its %(pages)s pages the first one is used.", pages=header.pages)
    return text
