"""Reading the invisible mark: of a picture alone, or of what is left of it beside the known original."""

import numpy as np
from PIL import Image

from cara_fed.protection.marks.codes import make_chips, measure, read
from cara_fed.protection.marks.spectrum import GRID, Grid, brightness, whiten
from cara_fed.protection.registration import cut
from cara_fed.protection.values import MarkFound, Place

TRIES = 2  # as it is, and mirrored
ONE_IN_A_MILLION = 1e-6


def read_mark(image: Image.Image, secret: bytes) -> MarkFound | None:
    """The number in an L or RGB image, upright or mirrored; None where chance might have made it."""
    chips, grid = make_chips(secret), brightness(image)
    readings = (read(chips, whiten(one)) for one in (grid, grid[:, ::-1]))
    best = max((one for one in readings if one.is_ours), key=lambda one: one.strength, default=None)
    if best is None or best.chance(TRIES) > ONE_IN_A_MILLION:
        return None
    return MarkFound(best.number, best.strength, best.chance(TRIES))


def read_beside(found: Image.Image, known: Image.Image, place: Place, secret: bytes, number: int) -> MarkFound | None:
    """This number in ``found``, which shows this place of the unmarked ``known``; None where it is not there."""
    values = whiten(_difference(found.convert("L"), known.convert("L"), place))
    strength = measure(make_chips(secret), values, number)
    chance = float(np.exp(-(max(strength, 0.0) ** 2) / 2))
    return MarkFound(number, strength, chance) if chance <= ONE_IN_A_MILLION else None


def _difference(found: Image.Image, known: Image.Image, place: Place) -> Grid:
    """What was added to the known picture, on the grid; 0 where the found one does not reach."""
    if place.is_mirrored:
        found = found.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    width, height = place.right - place.left, place.bottom - place.top
    added = Image.fromarray(_remainder(found, cut(known, place, found.size)))
    fitted = added.resize((max(8, round(width * GRID)), max(8, round(height * GRID))), Image.Resampling.BICUBIC)
    across, down = fitted.width / (width * GRID), fitted.height / (height * GRID)
    matrix = (across, 0, -place.left * GRID * across, 0, down, -place.top * GRID * down)
    return np.asarray(
        fitted.transform((GRID, GRID), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR), np.float32
    )


def _remainder(found: Image.Image, part: Image.Image) -> Grid:
    """The found picture less the known one, whose brightness and contrast are first made the same."""
    expected, seen = np.asarray(part, np.float32).ravel(), np.asarray(found, np.float32)
    slope, base = np.polyfit(
        expected[:: max(1, len(expected) // 50_000)], seen.ravel()[:: max(1, seen.size // 50_000)], 1
    )
    return np.asarray(seen - (slope * expected + base).reshape(seen.shape), np.float32)
