"""The quality gate: what a cloak may do to the eye, measured on the pixels to be published; it wins over strength."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt, log10, sqrt

import numpy as np
import numpy.typing as npt

from cara_fed.protection.cloak.filters import blur_inner, reach
from cara_fed.protection.cloak.masks import FLAT, SSIM_C2, WINDOW, brightness_of, find_caps
from cara_fed.protection.cloak.sight import MAX_VISIBILITY, see_change
from cara_fed.protection.cloak.weights import Array

Pixels = npt.NDArray[np.uint8]

MIN_SSIM = 0.985
MIN_PSNR = 38.0
MAX_FLAT_CHANGE = 2

_SSIM_C1 = (0.01 * 255) ** 2
_ROWS = 64  # of a band: small enough for the processor's cache, and a multiple of the coarsest pooling
_SAMPLE = 100_000  # pixels beyond which the strength is searched on a part, which grows with the root of their number
_TRIES = 6
_MARGIN = 0.985  # of the strength that should just pass
_NEAR = 1.03  # room that is not worth another try
_STRONGEST, _WEAKEST = 4.0, 0.02


@dataclass(frozen=True, slots=True)
class Quality:
    """How near a changed picture is to its original.

    ``ssim`` by Wang et al. (2004): Gaussian window of sigma 1.5, mean over red, green and blue. ``psnr`` in decibels.
    ``visibility``: see the module ``sight``. ``flat_change`` and ``largest_change`` in grey levels of 255.
    """

    ssim: float
    psnr: float
    visibility: float
    flat_change: int
    largest_change: int

    @property
    def passes(self) -> bool:
        """Whether the gate is open."""
        return (
            self.ssim >= MIN_SSIM
            and self.psnr >= MIN_PSNR
            and self.visibility <= MAX_VISIBILITY
            and self.flat_change <= MAX_FLAT_CHANGE
        )

    @property
    def room(self) -> float:
        """The factor by which a change could grow until it touches the first limit; below 1 where it failed."""
        by_ssim = sqrt((1 - MIN_SSIM) / max(1 - self.ssim, 1e-9))
        by_error = 10 ** ((self.psnr - MIN_PSNR) / 20)
        return min(by_ssim, by_error, MAX_VISIBILITY / max(self.visibility, 1e-6))


@dataclass(frozen=True, slots=True)
class Fitted:
    """A changed picture that passed, and by how much of the wanted change."""

    pixels: Pixels
    quality: Quality
    strength: float


def fit_to_gate(pixels: Pixels, change: Array, most: float, strength: float | None = None) -> Fitted:
    """The strongest multiple of the change that passes, searched on a part, proved on the whole; 0 where none does.

    With a ``strength`` nothing is searched: it is lowered until it passes.
    """
    caps = find_caps(brightness_of(pixels.astype(np.float32)), most)
    if strength is None:
        every = max(1, isqrt(pixels.shape[0] * pixels.shape[1] // _SAMPLE))
        strength = _search(pixels, change, caps, every)
    while strength > _WEAKEST:
        changed = _apply(pixels, change, caps, strength)
        quality = measure(pixels, changed, caps)
        if quality.passes:
            return Fitted(changed, quality, strength)
        strength *= min(quality.room, 1.0) * _MARGIN
    return Fitted(pixels, Quality(1.0, 99.0, 0.0, 0, 0), 0.0)


def _search(pixels: Pixels, change: Array, caps: Array, every: int) -> float:
    """About the strength that just passes, by every so manieth band."""
    low, strength = 0.0, 1.0
    for _ in range(_TRIES):
        room = measure(pixels, _apply(pixels, change, caps, strength, every), caps, every).room
        if room >= 1:
            low = max(low, strength)
            if room < _NEAR or strength > _STRONGEST:
                break
        # Clipping makes the loss grow more slowly than the square of the strength: a step up may be bold.
        strength *= min(room, 2.0) if room >= 1 else max(room * _MARGIN, 0.3)
    return low or strength


def _apply(pixels: Pixels, change: Array, caps: Array, strength: float, every: int = 1) -> Pixels:
    """The picture with so much of the change, within the caps, rounded to whole grey levels."""
    changed = pixels.copy()
    for rows in _bands(len(pixels), every):
        bound = caps[rows, :, None]
        moved = np.rint(np.clip(change[rows] * np.float32(strength), -bound, bound))
        changed[rows] = np.clip(pixels[rows] + moved, 0, 255).astype(np.uint8)
    return changed


def measure(pixels: Pixels, changed: Pixels, caps: Array, every: int = 1) -> Quality:
    """Compares two pictures of shape (height, width, 3) in bands, all or every so manieth; so memory stays small."""
    similarity = error = 0.0
    flat = largest = count = 0
    visible = []
    for rows in _bands(len(pixels), every):
        apart = np.abs(changed[rows].astype(np.int16) - pixels[rows])
        moved = np.maximum(np.maximum(apart[..., 0], apart[..., 1]), apart[..., 2])  # four times as fast as max(axis=2)
        largest = max(largest, int(moved.max()))
        flat = max(flat, int(moved[caps[rows] <= FLAT].max(initial=0)))
        difference = changed[rows].astype(np.float32) - pixels[rows]
        error += float(np.square(difference).sum(dtype=np.float64))
        visible.append(see_change(pixels[rows].astype(np.float32), difference).ravel())
        similarity += _ssim_sum(pixels, changed, rows)
        count += difference.size
    psnr = 99.0 if not error else 10 * log10(255**2 * count / error)
    visibility = float(np.square(np.concatenate(visible), dtype=np.float64).mean()) ** 0.25
    return Quality(similarity / count, psnr, visibility, flat, largest)


def _bands(height: int, every: int) -> Iterator[slice]:
    return (slice(top, min(top + _ROWS, height)) for top in range(0, height, _ROWS * every))


def _ssim_sum(pixels: Pixels, changed: Pixels, rows: slice) -> float:
    """The sum of SSIM over the pixels and channels of a band, with the rows beside it in sight."""
    margin = reach(WINDOW)
    x, y = (_with_margin(one, rows, margin) for one in (pixels, changed))
    mean_x, mean_y = blur_inner(x, WINDOW), blur_inner(y, WINDOW)
    deviation = y - x
    spread_x = blur_inner(x * x, WINDOW) - mean_x * mean_x
    mean_d = mean_y - mean_x
    shared_d = blur_inner(x * deviation, WINDOW) - mean_x * mean_d
    spread_d = blur_inner(deviation * deviation, WINDOW) - mean_d * mean_d
    # With y = x + d: cov(x, y) = var(x) + cov(x, d), and var(y) = var(x) + 2 cov(x, d) + var(d).
    shared = 2 * (spread_x + shared_d)
    contrast = (shared + SSIM_C2) / (shared + spread_d + SSIM_C2)
    light = (2 * mean_x * mean_y + _SSIM_C1) / (mean_x**2 + mean_y**2 + _SSIM_C1)
    return float((contrast * light).sum(dtype=np.float64))


def _with_margin(picture: Pixels, rows: slice, margin: int) -> Array:
    top, bottom = max(rows.start - margin, 0), min(rows.stop + margin, len(picture))
    missing = (margin - (rows.start - top), margin - (bottom - rows.stop))
    seen = np.pad(picture[top:bottom], (missing, (margin, margin), (0, 0)), mode="edge")
    return seen.astype(np.float32)
