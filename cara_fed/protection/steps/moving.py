"""Step 12: an animation stays one: a WebP for our own pages, and a GIF for other servers where they take it."""

from cara_fed.protection.animation.frames import read_frames
from cara_fed.protection.animation.gif import encode_gif
from cara_fed.protection.animation.webp import encode_animated_webp
from cara_fed.protection.picture import Picture, with_renditions
from cara_fed.protection.sizes import FEDERATED_BYTES, gif_fits, moving_size
from cara_fed.protection.steps.renditions import as_facts, rendition
from cara_fed.protection.values import Format, Rendition, RenditionKind, ReportLine
from cara_fed.protection.words import bytes_in_words, size_in_words


def make_moving(picture: Picture) -> tuple[Picture, ReportLine]:
    """Adds the moving rendition; replaces the federated still by a GIF within other servers' limits."""
    if not picture.is_animated:
        return picture, ReportLine("moving", "It is a still picture.")
    size = moving_size(picture.upright_size, picture.header.frames)
    moving = encode_animated_webp(read_frames(picture, size), size, picture.plays)
    made = (rendition(RenditionKind.MOVING, moving, Format.WEBP, size), *_federated_gif(picture))
    text = f"It moves on this site ({size_in_words(size)}, {bytes_in_words(len(moving))}); "
    text += "other servers get a moving GIF." if len(made) > 1 else _WHY_STILL
    facts = {one.kind.value: as_facts(one) for one in made}
    return with_renditions(picture, made), ReportLine("moving", text, facts)


_WHY_STILL = "other servers get a still, since they refuse moving pictures of this size."


def _federated_gif(picture: Picture) -> tuple[Rendition, ...]:
    size = picture.upright_size
    if not gif_fits(size, picture.header.frames):
        return ()
    data = encode_gif(read_frames(picture, size), size, picture.plays)
    fits = len(data) + 32_000 < FEDERATED_BYTES  # room for the rights
    return (rendition(RenditionKind.FEDERATED, data, Format.GIF, size),) if fits else ()
