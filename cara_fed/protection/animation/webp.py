"""Animated WebP: each frame only where it differs from the one before, put together from single pictures."""

from collections.abc import Iterable, Iterator

import numpy as np
from PIL import Image

from cara_fed.protection.animation.frames import Frame
from cara_fed.protection.encoding import encode_webp
from cara_fed.protection.formats import webp
from cara_fed.protection.profiles import SRGB

Box = tuple[int, int, int, int]
_QUALITY = 80
_METHOD = 2
_LOSSLESS_EFFORT, _LOSSLESS_METHOD = 20, 1
_OVERWRITE = 0x02  # do not blend: the patch replaces what was there, transparency included
_BITSTREAMS = frozenset((b"ALPH", b"VP8 ", b"VP8L"))


def encode_animated_webp(frames: Iterable[Frame], size: tuple[int, int], plays: int, most: int) -> bytes | None:
    """The whole file, or None as soon as it is seen to exceed ``most`` bytes; ``plays`` 0 is for ever.

    Lossless where the first frame shows that it costs nothing.
    """
    chunks, total = [], 0
    for chunk in _encode_frames(frames):
        chunks.append(chunk)
        total += len(chunk.content)
        if total > most:
            return None
    head = webp.build_head(*size, webp.ANIMATION_FLAG | webp.ALPHA_FLAG | webp.ICC_FLAG)
    control = webp.Chunk(b"ANIM", bytes(4) + min(plays, 0xFFFF).to_bytes(2, "little"))
    return webp.build_file((head, webp.Chunk(b"ICCP", SRGB), control, *chunks))


def _encode_frames(frames: Iterable[Frame]) -> Iterator[webp.Chunk]:
    canvas: Image.Image | None = None
    lossless = False
    for frame in frames:
        if canvas is None:
            lossless = _is_worth_lossless(frame.image)
        box = _changed_box(canvas, frame.image)
        canvas = frame.image
        patch = canvas if box == (0, 0, *canvas.size) else canvas.crop(box)
        yield _encode_frame(patch, box, frame.duration, lossless)


def _is_worth_lossless(image: Image.Image) -> bool:
    return len(_encode(image, lossless=True)) <= len(_encode(image, lossless=False))


def _encode(image: Image.Image, *, lossless: bool) -> bytes:
    if lossless:
        return encode_webp(image, _LOSSLESS_EFFORT, lossless=True, method=_LOSSLESS_METHOD)
    return encode_webp(image, _QUALITY, method=_METHOD)


def _changed_box(canvas: Image.Image | None, image: Image.Image) -> Box:
    """Where the images differ, starting at even numbers, as WebP counts offsets in twos."""
    if canvas is None:
        return 0, 0, *image.size
    changed = (np.asarray(canvas) != np.asarray(image)).any(axis=2)
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not len(rows):
        return 0, 0, 1, 1
    return int(columns[0]) & ~1, int(rows[0]) & ~1, int(columns[-1]) + 1, int(rows[-1]) + 1


def _encode_frame(patch: Image.Image, box: Box, duration: int, lossless: bool) -> webp.Chunk:
    single = _encode(patch, lossless=lossless)
    numbers = (box[0] // 2, box[1] // 2, patch.width - 1, patch.height - 1, duration)
    head = b"".join(number.to_bytes(3, "little") for number in numbers) + bytes((_OVERWRITE,))
    parts = (one for one in webp.read_chunks(single) if one.kind in _BITSTREAMS)
    return webp.Chunk(b"ANMF", head + b"".join(webp.build_chunk(one.kind, one.content) for one in parts))
