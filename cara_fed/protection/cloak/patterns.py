"""The instant cloak: a bank of patterns of our own, one for each kind of local colour, mixed by what the picture shows.

``patterns.bin`` holds them as signed bytes of shape (kinds, edge, edge, 3). tests/benchmarks/make_patterns.py made them
by climbing for many pictures at once; which file to run, and on what, stands there.
"""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from cara_fed.protection.cloak.ascent import REACH, Ground, unit
from cara_fed.protection.cloak.filters import blur, double, halve
from cara_fed.protection.cloak.weights import Array

EDGE: Final = 128
_HUES = ((0, 0, 0), (30, 0, -30), (-30, 0, 30), (-15, 15, -15))  # plain, warm, cool, green
_DEEP = ((150, 45, 45), (205, 100, 100), (95, 45, 100), (50, 130, 130))
KINDS: Final = np.array(
    [*(np.add(hue, light) for light in (25, 65, 105, 145, 185, 225) for hue in _HUES), *_DEEP], np.float32
)
"""Mean colours around a pixel, one for each pattern."""

_LIKENESS = 28.0  # grey levels within which a colour still belongs to a kind
_FILE = Path(__file__).with_name("patterns.bin")


def pattern_for(ground: Ground) -> Array:
    """The direction that the bank has for a picture at working size; see :class:`Ground`."""
    return mix(load_patterns(), shares_of(ground.pixels)) * np.float32(REACH)


@cache
def load_patterns() -> Array:
    """All patterns, of shape (kinds, edge, edge, 3)."""
    return np.fromfile(_FILE, np.int8).reshape(len(KINDS), EDGE, EDGE, 3).astype(np.float32)


def mix(patterns: Array, shares: Array) -> Array:
    """The patterns, tiled and weighted by ``shares`` of shape (kinds, height, width); of root mean square 1."""
    height, width = shares.shape[1:]
    rows, columns = -(-height // EDGE), -(-width // EDGE)
    total = np.zeros((height, width, 3), np.float32)
    for pattern, share in zip(patterns, shares, strict=True):
        total += np.tile(pattern, (rows, columns, 1))[:height, :width] * share[..., None]
    return unit(total)


def shares_of(pixels: Array) -> Array:
    """How much each place belongs to each kind, by the mean colour around it; adds up to 1."""
    height, width = pixels.shape[:2]
    padded = np.pad(pixels, ((0, -height % 8), (0, -width % 8), (0, 0)), mode="edge")
    coarse = blur(halve(halve(halve(padded))), 1.0)
    distance = np.square(coarse[None] - KINDS[:, None, None]).sum(axis=3)
    nearness = np.exp(-(distance - distance.min(axis=0)) / np.float32(2 * _LIKENESS**2))
    shares = nearness / nearness.sum(axis=0)
    return np.stack([double(double(double(one)))[:height, :width] for one in shares])
