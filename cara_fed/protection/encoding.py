"""Pixels to bytes: fresh files that hold the pixels and, but for GIF, the sRGB profile."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile
from PIL.PngImagePlugin import PngInfo

from cara_fed.protection.profiles import SRGB

_SRGB_PERCEPTUAL = b"\x00"


def encode_jpeg(image: Image.Image, quality: int, *, is_drawing: bool) -> bytes:
    """A progressive JPEG; a drawing keeps its colours at full resolution."""
    out = BytesIO()
    sampling = "4:4:4" if is_drawing else "4:2:0"
    with _room_for(image):
        image.save(out, "JPEG", quality=quality, subsampling=sampling, progressive=True, icc_profile=SRGB)
    return out.getvalue()


@contextmanager
def _room_for(image: Image.Image) -> Iterator[None]:
    """Pillow hands a progressive JPEG over in one piece, and guesses its size too low for noisy pictures."""
    usual = ImageFile.MAXBLOCK
    ImageFile.MAXBLOCK = max(usual, 4 * image.width * image.height + len(SRGB) + 65_536)
    try:
        yield
    finally:
        ImageFile.MAXBLOCK = usual


def encode_png(image: Image.Image) -> bytes:
    """A PNG, with a palette where that loses nothing."""
    described = PngInfo()
    described.add(b"sRGB", _SRGB_PERCEPTUAL)
    out = BytesIO()
    (_with_palette(image) or image).save(out, "PNG", pnginfo=described)
    return out.getvalue()


def _with_palette(image: Image.Image) -> Image.Image | None:
    if image.mode != "RGB" or image.getcolors(256) is None:
        return None
    indices, palette = index_colours(np.asarray(image).reshape(-1, 3))
    return paletted(indices.reshape(image.height, image.width), palette)


def index_colours(pixels: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Indices of shape (n,) and palette of shape (k, 3) for pixels of shape (n, 3) with k ≤ 256 colours; exact."""
    keys = pack_colours(pixels)
    colours = distinct(keys)
    place = np.zeros(1 << 24, np.uint8)
    place[colours] = np.arange(len(colours), dtype=np.uint8)
    palette = np.stack((colours >> 16, colours >> 8 & 255, colours & 255), axis=1).astype(np.uint8)
    return place[keys], palette


def pack_colours(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Pixels of shape (n, 3) as one number each."""
    red, green, blue = (pixels[:, channel].astype(np.int64) for channel in range(3))
    return red << 16 | green << 8 | blue


def distinct(keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The different 24 bit numbers in rising order; a table of all of them beats sorting."""
    seen = np.zeros(1 << 24, np.bool_)
    seen[keys] = True
    return np.flatnonzero(seen)


def paletted(indices: npt.NDArray[np.uint8], palette: npt.NDArray[np.uint8]) -> Image.Image:
    """A palette image of indices of shape (height, width)."""
    image = Image.fromarray(indices)
    image.putpalette(palette.tobytes())
    return image


def encode_webp(image: Image.Image, quality: int, *, lossless: bool = False, method: int = 4) -> bytes:
    """A WebP; in the lossless kind ``quality`` is effort."""
    out = BytesIO()
    image.save(out, "WEBP", quality=quality, lossless=lossless, method=method, icc_profile=SRGB)
    return out.getvalue()
