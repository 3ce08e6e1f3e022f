"""Step 15: an animation stays one: a WebP for our own pages, and a GIF for other servers where they take it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from cara_fed.protection.animation.frames import Frame, read_frames
from cara_fed.protection.animation.gif import encode_gif
from cara_fed.protection.animation.webp import encode_animated_webp
from cara_fed.protection.cloak.frames import MOST_PIXELS, FramesCloak
from cara_fed.protection.errors import TooManyFrames
from cara_fed.protection.picture import Picture, with_renditions
from cara_fed.protection.sizes import (
    FEDERATED_BYTES,
    MOVING_BYTES,
    MOVING_PIXELS,
    gif_fits,
    moving_size,
    smaller_moving_sizes,
)
from cara_fed.protection.steps.renditions import as_facts, rendition
from cara_fed.protection.values import Format, Rendition, RenditionKind, ReportLine
from cara_fed.protection.words import size_in_words
from cara_fed.words.speech import _, later
from cara_fed.words.writing import write_size

MOST_MARKED: Final = 200
"""Frames that get a mark: what one more costs is a twentieth of a CPU second."""


def make_moving(picture: Picture) -> tuple[Picture, ReportLine]:
    """Adds the moving rendition; replaces the federated still by a GIF within other servers' limits."""
    if not picture.is_animated:
        return picture, ReportLine("moving", _("It is a still picture."))
    moving, cloaked = _make_webp(picture)
    made = (moving, *_federated_gif(picture))
    shape, size = size_in_words((moving.width, moving.height)), write_size(len(moving.data))
    text = _(_AS_CLOAKED if cloaked else _AS_GIF if len(made) > 1 else _AS_STILL, shape=shape, size=size)
    facts = {one.kind.value: as_facts(one) for one in made} | ({"cloak": cloaked} if cloaked else {})
    return with_renditions(picture, made), ReportLine("moving", text, facts)


_AS_GIF = later("It moves on this site (%(shape)s, %(size)s); other servers get a moving GIF.")
_AS_STILL = later(
    "It moves on this site (%(shape)s, %(size)s); other servers get a still, since they refuse moving pictures of "
    "this size."
)
_AS_CLOAKED = later(
    "It moves on this site (%(shape)s, %(size)s), each frame with the quick cloak; other servers get a cloaked "
    "still, since the colours of a GIF are too few for a cloak."
)


def _make_webp(picture: Picture) -> tuple[Rendition, dict[str, Any]]:
    frames = picture.header.frames
    most = MOST_PIXELS if picture.frames_cloak else MOVING_PIXELS
    for size in smaller_moving_sizes(moving_size(picture.upright_size, frames, most)):
        frames_cloak = picture.frames_cloak() if picture.frames_cloak else None
        data = encode_animated_webp(_frames(picture, size, frames_cloak), size, picture.plays, MOVING_BYTES)
        if data is not None:
            made = rendition(RenditionKind.MOVING, data, Format.WEBP, size)
            return made, frames_cloak.facts() if frames_cloak else {}
    raise TooManyFrames(_("The animation is too large and too long together; make it smaller or shorten it."))


def _frames(picture: Picture, size: tuple[int, int], frames_cloak: FramesCloak | None) -> Iterator[Frame]:
    """The frames, cloaked and marked where that is wanted; of a long animation the first ones are marked."""
    for number, frame in enumerate(read_frames(picture, size)):
        image = frames_cloak.cloak(frame.image) if frames_cloak else frame.image
        if picture.frame_mark and number < MOST_MARKED:
            image = picture.frame_mark.put_on(image)
        yield replace(frame, image=image)


def _federated_gif(picture: Picture) -> tuple[Rendition, ...]:
    size = picture.upright_size
    if picture.frames_cloak or not gif_fits(size, picture.header.frames):
        return ()
    data = encode_gif(read_frames(picture, size), size, picture.plays)
    fits = len(data) + 32_000 < FEDERATED_BYTES  # room for the rights
    return (rendition(RenditionKind.FEDERATED, data, Format.GIF, size),) if fits else ()
