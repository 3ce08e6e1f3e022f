"""Gradient ascent: the change of one energy that moves the latents furthest, at full size, at half, and after JPEG.

The step follows the gradient itself and not its sign: under a limit on SSIM and on the mean square error, which bound
the energy, it reaches further (measured: by a quarter). Each goal counts by the logarithm of its distance, so that
none is given up for another, and the more, the less it has of what is aimed at. The gradient after JPEG is taken as if
JPEG had changed nothing but the place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

from cara_fed.protection.cloak.filters import blur, double, halve
from cara_fed.protection.cloak.surrogate import Surrogate, spread_of
from cara_fed.protection.cloak.weights import Array

_QUALITY = 85  # of the JPEG that the change should survive
_MOMENTUM = 0.5
_STRIDE = 2.0  # length of a step, by the allowed energy
REACH = 1.6  # energy searched in, by the allowed one: what the caps cut off is made up for
_EVENNESS = 0.3  # 0: all force where the encoder is weakest; 1: the same everywhere
_UNTINTED = 0.5
_NEIGHBOURHOOD = 24.0  # pixels
_AIMS = {"whole": 0.5, "half": 0.15, "coded": 0.35}  # displacements

Plan = tuple[tuple[str, ...], ...]
"""The goals of each pass, over and over."""
BY_TURNS: Plan = (("coded",), ("whole", "half"))
ONCE_ROUND: Plan = (("whole", "half"), ("whole",))  # for two passes from a start that bears JPEG already

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


class Goals:
    """The picture as others will see it: as it is, at half size, and as a JPEG. ``clean`` are its own latents."""

    def __init__(self, surrogate: Surrogate, pixels: Array, clean: Array) -> None:
        self._surrogate, self._pixels = surrogate, pixels
        self._clean = {"whole": clean}
        self._behind: dict[str, float] = {}

    def slope(self, change: Array, goals: tuple[str, ...]) -> tuple[Array, np.float32]:
        """Which way the logarithms of these distances grow, and how much this counts beside other passes."""
        changed = np.clip(self._pixels + change, 0, 255)
        slopes = [self._towards(goal, changed) for goal in goals]
        weights = [self._weight(goal) for goal in goals]
        total: Array = np.sum([slope * weight for slope, weight in zip(slopes, weights, strict=True)], axis=0)
        return total, np.float32(sum(weights) / len(weights))

    def _towards(self, goal: str, changed: Array) -> Array:
        look, back = _WAYS[goal]
        if goal not in self._clean:
            self._clean[goal] = self._surrogate.encode(look(self._pixels))
        clean = self._clean[goal]
        gradient, distance = self._surrogate.gradient(look(changed), clean)
        self._behind[goal] = _AIMS[goal] * spread_of(clean) / max(distance, 1e-9) ** 0.5
        return back(gradient / np.float32(max(distance, 1e-9)), changed)

    def _weight(self, goal: str) -> np.float32:
        """By how far each is behind its aim, around 1; all alike until all were seen."""
        if len(self._behind) < len(_AIMS):
            return np.float32(1)
        return np.float32(len(_AIMS) * self._behind[goal] / sum(self._behind.values()))


def climb(goals: Goals, ground: Ground, direction: Array, plan: Plan, passes: int, tell: Told) -> Array:
    """The direction after so many passes; see :meth:`Ground.bounded`. ``tell`` hears of each pass.

    ``direction`` is where the climb begins: anything but zero.
    """
    momentum = np.zeros_like(direction)
    for number in range(passes):
        slope, weight = goals.slope(ground.bounded(direction), plan[number % len(plan)])
        momentum = _MOMENTUM * momentum + weight * unit(_evened(_untinted(slope * ground.amplitudes)))
        direction = unit(direction + _STRIDE * unit(momentum)) * np.float32(REACH)
        tell(number + 1, passes)
    return direction


def _spread_out(half: Array, whole: Array) -> Array:
    missing = (whole.shape[0] - 2 * half.shape[0], whole.shape[1] - 2 * half.shape[1])
    return np.pad(double(half) / np.float32(4), ((0, missing[0]), (0, missing[1]), (0, 0)))


def _unchanged(pixels: Array, *_: Array) -> Array:
    return pixels


def _as_jpeg(pixels: Array) -> Array:
    out = BytesIO()
    Image.fromarray(np.rint(pixels).astype(np.uint8)).save(out, "JPEG", quality=_QUALITY)
    return np.asarray(Image.open(out), np.float32)


_WAYS: dict[str, tuple[Callable[[Array], Array], Callable[[Array, Array], Array]]] = {
    "whole": (_unchanged, _unchanged),
    "half": (halve, _spread_out),
    "coded": (_as_jpeg, _unchanged),
}
"""How others see the picture, and what a gradient there means here."""


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
