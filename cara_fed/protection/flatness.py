"""Is this flat art, a drawing or a photograph? Asked of neighbouring pixels."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

_SMOOTH_STEP = 6  # photographs and soft brushes move in small steps; flat art does not move, or jumps


@dataclass(frozen=True, slots=True)
class Flatness:
    """Shares of neighbouring pixel pairs: exactly equal, and differing by a small step."""

    equal: float
    smooth: float

    @property
    def is_flat(self) -> bool:
        """Large areas of one colour with hard edges: PNG keeps it smaller and cleaner than JPEG."""
        return self.equal >= 0.6 and self.smooth <= 0.15

    @property
    def is_drawing(self) -> bool:
        """Enough plain area that colour fringes of JPEG's coarse colour would show."""
        return self.equal >= 0.3


def measure_flatness(image: Image.Image) -> Flatness:
    """Looks at every pixel pair in one row and one column of eight of an RGB or RGBA image."""
    pixels = np.asarray(image)
    rows = np.diff(pixels[::8].astype(np.int16), axis=1)
    columns = np.diff(pixels[:, ::8].astype(np.int16), axis=0)
    steps = np.concatenate([np.abs(one).max(axis=2).ravel() for one in (rows, columns)])
    if not len(steps):
        return Flatness(1.0, 0.0)
    return Flatness(float((steps == 0).mean()), float(((steps > 0) & (steps <= _SMOOTH_STEP)).mean()))
