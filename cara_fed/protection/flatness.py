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
    """Looks at every pixel pair in one row of four of an RGB or RGBA image."""
    rows = np.asarray(image)[::4].astype(np.int16)
    if rows.shape[1] < 2:
        return Flatness(1.0, 0.0)
    steps = np.abs(np.diff(rows, axis=1)).max(axis=2)
    return Flatness(float((steps == 0).mean()), float(((steps > 0) & (steps <= _SMOOTH_STEP)).mean()))
