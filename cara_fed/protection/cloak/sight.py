"""How visible a change is: a likeness of the eye's sensitivity to contrast, and no standard.

A difference is taken apart by size of detail, in light and in two opponent colours. Each size counts as well as it is
seen at some forty pixels a degree, divided by what the picture's own detail of that size hides. What is seen in squares
of sixteen pixels is put together by the fourth power, so that a few bad places count more than a little everywhere.
"""

from typing import Final

import numpy as np

from cara_fed.protection.cloak.filters import double, halve, luma
from cara_fed.protection.cloak.weights import Array

MAX_VISIBILITY: Final = 0.9
"""Set where ST-LPIPS, measured on drawings, paintings and photographs, stays about or below 0.01."""

BLOCK: Final = 16
_LEVELS = 4
# Of one grey level in detail of each size, finest first, then in what is coarser still: light, red-green, yellow-blue.
_SIGHT = np.array(
    [(0.30, 0.06, 0.06), (0.55, 0.18, 0.18), (0.60, 0.40, 0.40), (0.50, 0.55, 0.55), (0.30, 0.45, 0.45)], np.float32
)
_MASKING = np.float32(0.12)  # how much a grey level of the picture's own detail hides
_OPPONENTS = np.array([[0.299, 0.587, 0.114], [0.5, -0.42, -0.08], [0.17, 0.33, -0.5]], np.float32).T


def see_change(pixels: Array, difference: Array) -> Array:
    """The squared visible contrast in each block, shape (rows, columns), of RGB values in 0..255."""
    seen, ground = _whole_blocks(difference) @ _OPPONENTS, luma(_whole_blocks(pixels))
    total = np.zeros((seen.shape[0] // BLOCK, seen.shape[1] // BLOCK), np.float32)
    for level in range(_LEVELS):
        coarse, coarse_ground = halve(seen), halve(ground)
        hidden = 1 + _MASKING * np.abs(ground - double(coarse_ground))
        contrast = np.square(seen - double(coarse)) @ np.square(_SIGHT[level]) / np.square(hidden)
        for _ in range(level, _LEVELS):
            contrast = halve(contrast)
        total += contrast
        seen, ground = coarse, coarse_ground
    total += np.square(seen) @ np.square(_SIGHT[_LEVELS])
    return total


def _whole_blocks(plane: Array) -> Array:
    margins = ((0, -plane.shape[0] % BLOCK), (0, -plane.shape[1] % BLOCK), (0, 0))
    return np.pad(plane, margins, mode="edge")
