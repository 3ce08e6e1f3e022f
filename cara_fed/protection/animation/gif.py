"""GIF: each frame only where it differs from the one before, exact where that needs no more than 256 colours."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from cara_fed.protection.animation.frames import Frame
from cara_fed.protection.encoding import distinct, index_colours, pack_colours, paletted
from cara_fed.protection.formats import gif

Pixels = npt.NDArray[np.uint8]
_TRANSPARENT = 255
_KEEP, _CLEAR = 1, 2


@dataclass(frozen=True, slots=True)
class _Patch:
    """What one frame paints: pixels and which of them count, at an offset; and what happens to them afterwards."""

    pixels: Pixels
    paints: npt.NDArray[np.bool_]
    left: int
    top: int
    duration: int
    disposal: int


def encode_gif(frames: Iterable[Frame], size: tuple[int, int], plays: int) -> bytes:
    """The whole file; ``plays`` 0 is for ever."""
    screen = b"GIF89a" + size[0].to_bytes(2, "little") + size[1].to_bytes(2, "little") + b"\x70\x00\x00"
    blocks = b"".join(_encode_patch(patch) for patch in _read_patches(frames))
    return screen + _loop(plays) + blocks + bytes((gif.TRAILER,))


def _loop(plays: int) -> bytes:
    repeats = (max(0, plays - 1) & 0xFFFF).to_bytes(2, "little")
    return b"" if plays == 1 else b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + repeats + b"\x00"


def _read_patches(frames: Iterable[Frame]) -> Iterator[_Patch]:
    """Looks one frame ahead: a pixel that must become transparent again takes a cleared screen."""
    canvas: Pixels | None = None
    held: tuple[Pixels, int] | None = None
    for frame in frames:
        pixels = _with_hard_edges(frame.image)
        if held:
            must_clear = bool(((held[0][..., 3] > 0) & (pixels[..., 3] == 0)).any())
            yield _make_patch(*held, canvas, must_clear)
            canvas = None if must_clear else held[0]
        held = pixels, frame.duration
    if held:
        yield _make_patch(*held, canvas, False)


def _with_hard_edges(image: Image.Image) -> Pixels:
    pixels = np.array(image)
    pixels[pixels[..., 3] < 128] = 0
    pixels[..., 3] = np.where(pixels[..., 3] > 0, 255, 0)
    return pixels


def _make_patch(pixels: Pixels, duration: int, canvas: Pixels | None, must_clear: bool) -> _Patch:
    paints = pixels[..., 3] > 0
    if canvas is not None:
        paints = paints & (pixels != canvas).any(axis=2)
    left, top, right, bottom = (0, 0, pixels.shape[1], pixels.shape[0]) if must_clear else _bounds(paints)
    box = slice(top, bottom), slice(left, right)
    return _Patch(pixels[box], paints[box], left, top, duration, _CLEAR if must_clear else _KEEP)


def _bounds(paints: npt.NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(paints.any(axis=1)), np.flatnonzero(paints.any(axis=0))
    if not len(rows):
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _encode_patch(patch: _Patch) -> bytes:
    indices, palette, shows_through = _choose_colours(patch)
    height, width = indices.shape
    table = palette.tobytes().ljust(768, b"\x00")
    control = bytes((gif.EXTENSION, gif.GRAPHIC_CONTROL, 4, patch.disposal << 2 | shows_through))
    control += round(patch.duration / 10).to_bytes(2, "little") + bytes((_TRANSPARENT, 0))
    place = b"".join(number.to_bytes(2, "little") for number in (patch.left, patch.top, width, height))
    return control + bytes((gif.IMAGE,)) + place + b"\x87" + table + _compress(indices)


def _choose_colours(patch: _Patch) -> tuple[Pixels, Pixels, bool]:
    """Indices, palette, and whether what was there before shows through the unpainted pixels."""
    painted = patch.pixels[patch.paints][:, :3]
    whole = patch.pixels[..., :3].reshape(-1, 3)
    if _count_colours(painted) <= _TRANSPARENT:
        indices = np.full(patch.paints.shape, _TRANSPARENT, np.uint8)
        indices[patch.paints], palette = index_colours(painted)
        return indices, palette, True
    if (patch.pixels[..., 3] > 0).all() and _count_colours(whole) <= _TRANSPARENT + 1:
        indices, palette = index_colours(whole)
        return indices.reshape(patch.paints.shape), palette, False
    return *_reduce_colours(patch), True


def _count_colours(pixels: Pixels) -> int:
    return len(distinct(pack_colours(pixels)))


def _reduce_colours(patch: _Patch) -> tuple[Pixels, Pixels]:
    indices = np.full(patch.paints.shape, _TRANSPARENT, np.uint8)
    colours = Image.fromarray(np.ascontiguousarray(patch.pixels[..., :3]))
    reduced = colours.quantize(_TRANSPARENT, Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG)
    indices[patch.paints] = np.asarray(reduced)[patch.paints]
    return indices, np.array((reduced.getpalette() or [])[: 3 * _TRANSPARENT], np.uint8).reshape(-1, 3)


def _compress(indices: Pixels) -> bytes:
    """The LZW data of one image, taken out of the single-image file that Pillow makes of it."""
    out = BytesIO()
    grey = paletted(indices, np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(256, 3))
    grey.save(out, "GIF", optimize=False, interlace=0)
    data = out.getvalue()
    image = next(block for block in gif.read_blocks(data) if block.label == gif.IMAGE)
    return data[image.body - 1 : image.end]
