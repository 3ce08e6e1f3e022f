"""Prompts hidden in the lowest bits of pixels, as NovelAI and a web UI extension write them ("stealth pnginfo")."""

import numpy as np
import numpy.typing as npt

from cara_fed.protection.values import Finding
from cara_fed.words.speech import _

_SIGNATURES = {
    "alpha": (b"stealth_pnginfo", b"stealth_pngcomp"),
    "rgb": (b"stealth_rgbinfo", b"stealth_rgbcomp"),
}
_BITS = 8 * 15


def find_in_pixels(pixels: npt.NDArray[np.uint8]) -> Finding | None:
    """Looks at an RGB or RGBA picture, shape (height, width, 3 or 4), at its original size; columns first."""
    height = pixels.shape[0]
    columns = pixels[:, : -(-_BITS // height)].swapaxes(0, 1).reshape(-1, pixels.shape[2])
    if pixels.shape[2] == 4 and _signature(columns[:, 3]) in _SIGNATURES["alpha"]:
        return Finding("B", "stealth-pnginfo", _("a prompt hidden in the transparency"))
    if _signature(columns[:, :3].reshape(-1)) in _SIGNATURES["rgb"]:
        return Finding("B", "stealth-pnginfo", _("a prompt hidden in the colours"))
    return None


def _signature(values: npt.NDArray[np.uint8]) -> bytes:
    return np.packbits(values[:_BITS] & 1).tobytes()
