"""Gradient ascent: the change of one energy that moves the latents furthest, at full size, at half, and after JPEG.

The step follows the gradient itself and not its sign: under a limit on SSIM and on the mean square error, which bound
the energy, it reaches further (measured: by a quarter). Each goal counts by the logarithm of its distance, so that
none is given up for another. The gradient after JPEG is taken as if JPEG had changed nothing but the place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

from cara_fed.protection.cloak.filters import blur, double, halve
from cara_fed.protection.cloak.surrogate import Surrogate
from cara_fed.protection.cloak.weights import Array

_QUALITY = 85  # of the JPEG that the change should survive
_MOMENTUM = 0.5
_STRIDE = 1.0  # length of a step, by the allowed energy
REACH = 1.6  # energy searched in, by the allowed one: what the caps cut off is made up for
_EVENNESS = 0.3  # 0: all force where the encoder is weakest; 1: the same everywhere
_UNTINTED = 0.5
_NEIGHBOURHOOD = 24.0  # pixels

Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Ground:
    """A picture at working size, 0..255, with the amplitude and the cap of each pixel's change in grey levels."""

    pixels: Array
    amplitudes: Array
    caps: Array

    def bounded(self, direction: Array) -> Array:
        """The change that a direction stands for."""
        caps = self.caps[..., None]
        change: Array = np.clip(direction * self.amplitudes, -caps, caps)
        return change


def climb(surrogate: Surrogate, ground: Ground, clean: Array, direction: Array, passes: int, tell: Told) -> Array:
    """The change after so many passes, in grey levels, not rounded; ``tell`` hears of each pass.

    ``clean`` are the picture's own latents, ``direction`` is where the climb begins: anything but zero.
    """
    goals = Goals(surrogate, ground.pixels, clean)
    momentum = np.zeros_like(direction)
    for number in range(passes):
        slope = goals.slope(ground.bounded(direction), number) * ground.amplitudes
        momentum = _MOMENTUM * momentum + unit(_evened(_untinted(slope)))
        direction = unit(direction + _STRIDE * unit(momentum)) * np.float32(REACH)
        tell(number + 1, passes)
    return direction * ground.amplitudes


class Goals:
    """The picture as others will see it: as it is, at half size, and as a JPEG."""

    def __init__(self, surrogate: Surrogate, pixels: Array, clean: Array) -> None:
        self._surrogate, self._pixels = surrogate, pixels
        self._whole = clean
        self._half = surrogate.encode(halve(pixels))
        self._coded = surrogate.encode(_as_jpeg(pixels))

    def slope(self, change: Array, number: int) -> Array:
        """Which way the logarithms of the distances grow; whole and half take turns with the JPEG."""
        changed = np.clip(self._pixels + change, 0, 255)
        if number % 2:
            return self._logarithmic(_as_jpeg(changed), self._coded)
        smaller = self._logarithmic(halve(changed), self._half)
        slope = self._logarithmic(changed, self._whole)
        height, width = smaller.shape[0] * 2, smaller.shape[1] * 2
        slope[:height, :width] += double(smaller) * np.float32(0.25)
        return slope

    def _logarithmic(self, pixels: Array, clean: Array) -> Array:
        gradient, distance = self._surrogate.gradient(pixels, clean)
        return gradient / np.float32(max(distance, 1e-9))


def _as_jpeg(pixels: Array) -> Array:
    out = BytesIO()
    Image.fromarray(np.rint(pixels).astype(np.uint8)).save(out, "JPEG", quality=_QUALITY)
    return np.asarray(Image.open(out), np.float32)


def _untinted(slope: Array) -> Array:
    """Half of what would tint whole places is taken out: the eye sees colour best where it is coarse."""
    height, width = slope.shape[:2]
    colour = slope - slope.mean(axis=2, keepdims=True)
    padded = np.pad(colour, ((0, -height % 4), (0, -width % 4), (0, 0)), mode="edge")
    coarse = double(double(blur(halve(halve(padded)), 1.2)))[:height, :width]
    return slope - np.float32(_UNTINTED) * coarse


def _evened(slope: Array) -> Array:
    energy = _neighbourhood((slope * slope).mean(axis=2))
    local = np.sqrt(energy) + np.float32(1e-3) * np.sqrt(energy.mean()) + np.float32(1e-20)
    evened: Array = slope / (local**_EVENNESS)[..., None]
    return evened


def _neighbourhood(plane: Array) -> Array:
    """A wide blur, made cheap by looking at means of 8 × 8."""
    height, width = plane.shape
    coarse = halve(halve(halve(np.pad(plane, ((0, -height % 8), (0, -width % 8)), mode="edge"))))
    wide = blur(coarse, _NEIGHBOURHOOD / 8)
    return double(double(double(wide)))[:height, :width]


def unit(direction: Array) -> Array:
    """Of root mean square 1."""
    size = np.sqrt(np.mean(np.square(direction), dtype=np.float64))
    return (direction / max(float(size), 1e-20)).astype(np.float32)
