"""What a picture looks like, in a few bits: the same for its copies, near for its crops, far for other pictures.

A look is the signs of the lowest frequencies of the picture's brightness, each against the median of all: 16 × 16 of
the whole, and 8 × 8 of every window, which bears being cut a little otherwise. Mirroring changes the signs of every
other column, so that the mirrored looks need not be kept.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from cara_fed.protection.values import Likeness

LOOK_BYTES = 32
WINDOW_BYTES = 8
_SOURCE = 256
_GRID = 64
_SIDE, _WINDOW_SIDE = 16, 8
_NOISE = 32.0  # frequencies so near the median that any coding turns them around
_MOST_NOISE = 0.3
_STEPS = ((1.0, 1), (0.85, 3), (0.7, 4), (0.6, 5))  # a window's share of each edge, and how many places it takes

Plane = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Glance:
    """The looks of a picture that is searched for: as it is, and mirrored."""

    upright: Likeness
    mirrored: Likeness


def look_at(image: Image.Image) -> Likeness:
    """The looks of an RGB or L image and of its windows."""
    source = _shrink(image)
    whole = _whole(source)
    if _is_plain(whole):
        return Likeness()
    windows = (_bits(_frequencies(_cut(source, box), _WINDOW_SIDE)) for box in _windows())
    return Likeness(_bits(whole), b"".join(windows))


def glance_at(image: Image.Image) -> Glance:
    """The looks of an RGB or L image as a whole, and as it would be mirrored; empty where it is too plain."""
    whole = _whole(_shrink(image))
    if _is_plain(whole):
        return Glance(Likeness(), Likeness())
    return Glance(_likeness_of(whole), _likeness_of(_mirror(whole)))


def glance_at_strips(image: Image.Image) -> tuple[Likeness, ...]:
    """The looks, as windows alone, of strips across and down an RGB or L image, each as it is and mirrored."""
    source = _shrink(image)
    if _is_plain(_whole(source)):
        return ()
    seen = [_frequencies(_cut(source, box), _WINDOW_SIDE) for box in _strips()]
    return tuple(Likeness(b"", _bits(one)) for strip in seen for one in (strip, _mirror(strip)))


def _likeness_of(whole: Plane) -> Likeness:
    return Likeness(_bits(whole), _bits(whole[:_WINDOW_SIDE, :_WINDOW_SIDE]))


def _shrink(image: Image.Image) -> Image.Image:
    return image.convert("L").resize((_SOURCE, _SOURCE), Image.Resampling.BOX, reducing_gap=2.0)


def _whole(source: Image.Image) -> Plane:
    return _frequencies(_cut(source, (0.0, 0.0, _SOURCE, _SOURCE)), _SIDE)


def _cut(source: Image.Image, box: tuple[float, float, float, float]) -> Plane:
    return np.asarray(source.resize((_GRID, _GRID), Image.Resampling.BILINEAR, box=box), np.float32)


def _frequencies(grid: Plane, side: int) -> Plane:
    """The lowest frequencies of both directions, without the mean; of shape (side, side)."""
    matrix = _matrix()[:side]
    frequencies: Plane = matrix @ grid @ matrix.T
    return frequencies


def _mirror(frequencies: Plane) -> Plane:
    mirrored = frequencies.copy()
    mirrored[:, ::2] *= -1  # the odd frequencies, since the first column is frequency 1
    return mirrored


def _is_plain(frequencies: Plane) -> bool:
    return float((np.abs(frequencies - np.median(frequencies)) < _NOISE).mean()) > _MOST_NOISE


def _bits(frequencies: Plane) -> bytes:
    return np.packbits(frequencies.ravel() > np.median(frequencies)).tobytes()


@lru_cache(maxsize=1)
def _matrix() -> Plane:
    rows, columns = np.arange(1, _SIDE + 1)[:, None], np.arange(_GRID)[None, :]
    return np.cos(np.pi * rows * (2 * columns + 1) / (2 * _GRID)).astype(np.float32)


@lru_cache(maxsize=1)
def _strips() -> tuple[tuple[float, float, float, float], ...]:
    """The boxes of strips in the shrunk picture: as wide or as high as it, and a share of the other edge."""
    whole, boxes = float(_SOURCE), []
    for share, places in _STEPS[1:]:
        for start in np.linspace(0, (1 - share) * _SOURCE, places).tolist():
            end = start + share * _SOURCE
            boxes += [(start, 0.0, end, whole), (0.0, start, whole, end)]
    return tuple(boxes)


@lru_cache(maxsize=1)
def _windows() -> tuple[tuple[float, float, float, float], ...]:
    """The boxes of all windows in the shrunk picture."""
    boxes = []
    for share, places in _STEPS:
        starts = [float(start) for start in np.linspace(0, (1 - share) * _SOURCE, places)]
        edge = share * _SOURCE
        boxes += [(left, top, left + edge, top + edge) for top in starts for left in starts]
    return tuple(boxes)
