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
_OVERWRITE = 0x02  # do not blend: the patch replaces what was there, transparency included
_BITSTREAMS = frozenset((b"ALPH", b"VP8 ", b"VP8L"))
_WORTH_LOSSLESS = 1.5


def encode_animated_webp(frames: Iterable[Frame], size: tuple[int, int], plays: int) -> bytes:
    """The whole file; ``plays`` 0 is for ever. Lossless where the first frame shows that it costs little."""
    chunks = tuple(_encode_frames(frames))
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
    lossy = encode_webp(image, _QUALITY, method=_METHOD)
    return len(encode_webp(image, 50, lossless=True, method=_METHOD)) <= _WORTH_LOSSLESS * len(lossy)


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
    single = encode_webp(patch, 50 if lossless else _QUALITY, lossless=lossless, method=_METHOD)
    numbers = (box[0] // 2, box[1] // 2, patch.width - 1, patch.height - 1, duration)
    head = b"".join(number.to_bytes(3, "little") for number in numbers) + bytes((_OVERWRITE,))
    parts = (one for one in webp.read_chunks(single) if one.kind in _BITSTREAMS)
    return webp.Chunk(b"ANMF", head + b"".join(webp.build_chunk(one.kind, one.content) for one in parts))
