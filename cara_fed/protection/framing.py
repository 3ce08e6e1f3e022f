"""A picture within another one: what a screenshot shows between flat margins, captions and buttons."""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

_EDGE = 192
_APART = 24  # grey levels from the ground, in any channel
_LOOSE, _DENSE = 0.25, 0.5  # the share of a row or column that must stand out
_GAP = 3
_LEAST, _MOST = 0.04, 0.97  # of the area

Mask = npt.NDArray[np.bool_]


def find_framed(image: Image.Image) -> Image.Image | None:
    """The largest block of an RGB image that stands out from its flat rim; None where that is all of it, or nothing."""
    small = image.convert("RGB")
    small.thumbnail((_EDGE, _EDGE), Image.Resampling.BOX)
    busy = _stand_out(np.asarray(small, np.int16))
    rows = _longest(busy.mean(axis=1) > _LOOSE)
    if rows == (0, 0):
        return None
    columns = _longest(busy[slice(*rows)].mean(axis=0) > _DENSE)
    if columns == (0, 0):
        return None
    rows = _longest(busy[:, slice(*columns)].mean(axis=1) > _DENSE)
    width, height = columns[1] - columns[0], rows[1] - rows[0]
    if not _LEAST <= width * height / busy.size <= _MOST or min(width, height) < 16:
        return None
    across, down = image.width / small.width, image.height / small.height
    left, right = (round(one * across) for one in columns)
    top, bottom = (round(one * down) for one in rows)
    return image.crop((left, top, right, bottom))


def _stand_out(pixels: npt.NDArray[Any]) -> Mask:
    rim = np.concatenate((pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]))
    apart: Mask = np.abs(pixels - np.median(rim, axis=0)).max(axis=2) > _APART
    return apart


def _longest(line: Mask) -> tuple[int, int]:
    """Start and end of the longest run, over gaps of a few; (0, 0) where there is none."""
    best, start, last = (0, 0), -1, -1
    for place in np.flatnonzero(line).tolist():
        if start < 0 or place - last > _GAP + 1:
            start = place
        last = place
        best = max(best, (start, last + 1), key=lambda run: run[1] - run[0])
    return best
