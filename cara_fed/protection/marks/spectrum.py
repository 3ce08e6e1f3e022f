"""A picture's brightness on a grid of its own, and the band of its DCT that bears the mark."""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from cara_fed.protection.marks.codes import CHIPS

GRID = 512
_INNER = 16  # below this lie the picture's own large shapes
_EDGE = 147  # beyond this index no chosen coefficient lies
_WINDOW = 9
_FLOOR = 6.0  # what coding adds to every coefficient
_MOST = 2.5

Grid = npt.NDArray[np.floating[Any]]


def brightness(image: Image.Image) -> Grid:
    """The luma of an L or RGB image on the grid, whatever its shape, 0 to 255."""
    luma = image if image.mode == "L" else image.convert("L")
    reduced = luma.reduce(max(1, min(luma.size) // (3 * GRID))) if min(luma.size) >= 6 * GRID else luma
    return np.asarray(reduced.convert("F").resize((GRID, GRID), Image.Resampling.BICUBIC), np.float32)


def analyse(grid: Grid) -> Grid:
    """The band's coefficients, of shape (CHIPS,)."""
    matrix = _matrix()
    return (matrix @ grid @ matrix.T)[_band()]


def synthesise(coefficients: Grid) -> Grid:
    """The grid that has these coefficients in the band and nothing else."""
    matrix, square = _matrix(), np.zeros((_EDGE, _EDGE), np.float32)
    square[_band()] = coefficients
    return matrix.T @ square @ matrix


def weights(grid: Grid) -> Grid:
    """One over what each of the band's coefficients has around it: how much a change of it tells."""
    matrix = _matrix()
    return (1 / (_local_size(matrix @ grid @ matrix.T) + _FLOOR))[_band()]


def whiten(grid: Grid) -> Grid:
    """The band's coefficients, each by what is usual around it, so that none outweighs the others."""
    matrix = _matrix()
    square = matrix @ grid @ matrix.T
    return np.clip(square / (_local_size(square) + _FLOOR), -_MOST, _MOST)[_band()]


def _local_size(square: Grid) -> Grid:
    return np.sqrt(np.maximum(box_mean(square**2, _WINDOW), 0))


def box_mean(values: Grid, window: int) -> Grid:
    """The mean over a square window around each place; the border is mirrored."""
    half = window // 2
    padded = np.pad(values.astype(np.float64), half + 1, mode="reflect")[:-1, :-1].cumsum(0).cumsum(1)
    total = (
        padded[window:, window:] - padded[:-window, window:] - padded[window:, :-window] + padded[:-window, :-window]
    )
    return np.asarray(total / window**2, np.float32)


@lru_cache(maxsize=1)
def _matrix() -> Grid:
    """The first rows of the orthonormal DCT-II."""
    rows, columns = np.arange(_EDGE)[:, None], np.arange(GRID)[None, :]
    matrix = np.cos(np.pi * rows * (2 * columns + 1) / (2 * GRID)) * np.sqrt(2 / GRID)
    matrix[0] /= np.sqrt(2)
    return np.asarray(matrix, np.float32)


@lru_cache(maxsize=1)
def _band() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows and columns of the coefficients from the inner radius outwards, nearest first."""
    rows, columns = np.mgrid[0:_EDGE, 0:_EDGE]
    radius = (rows**2 + columns**2).ravel()
    order = np.argsort(radius, kind="stable")
    chosen = order[radius[order] >= _INNER**2][:CHIPS]
    return chosen // _EDGE, chosen % _EDGE
