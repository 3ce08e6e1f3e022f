"""Embedding the invisible mark: as weak as it may be to outlast the usual treatment, and never beyond the gate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

from cara_fed.protection.backgrounds import estimate_background, flatten
from cara_fed.protection.marks.codes import Chips, choose, make_chips, read, spread
from cara_fed.protection.marks.spectrum import Grid, box_mean, brightness, synthesise, weights, whiten

MIN_PSNR = 40.0
SURE = 9.5  # what a reading should reach after each treatment, in standard deviations of chance; 7.5 are proof
_MARGIN = 0.1  # dB that rounding at the picture's own size may cost
_TRIAL_EDGE = 1024  # a larger picture only bears treatment better
_STRENGTHS = tuple(0.6 * 1.12**step for step in range(24))  # mean change on the grid, in grey levels
_FLAT_SHARE = 0.15
_BUSY = 14.0  # grey levels within 7×7 from which nothing more is noticed
_WINDOW = 7
_FLAT_MOST = 1.8  # grey levels; rounding and enlarging may make it 2
_ONE_COLOUR = 0.3


@dataclass(frozen=True, slots=True)
class Marked:
    """A marked picture, its distance from the unmarked one in dB, and its weakest reading after the treatments."""

    image: Image.Image
    number: int
    psnr: float
    weakest: float
    alone: float  # its reading without any treatment

    @property
    def is_sure(self) -> bool:
        """Whether the mark outlasts JPEG q50, half the size and q60, and WebP q60."""
        return self.weakest >= SURE


def embed(image: Image.Image, secret: bytes, numbers: Sequence[int]) -> Marked | None:
    """The RGB or RGBA image marked with one of these numbers; None where nothing can be added within the gate.

    The more numbers there are to choose from, the weaker the mark may be.
    """
    chips, trial = make_chips(secret), _shrink(_on_ground(image))
    grid = brightness(trial)
    number = choose(chips, whiten(grid), numbers)
    pattern = _Pattern(_shape(grid, chips, number), _bounds(grid))
    found = _search(trial, pattern, chips, number)
    if found is None:
        return None
    marked = _add(image, pattern.at(found.strength))
    psnr = measure_psnr(image, marked)
    alone = _read_number(_on_ground(marked), chips, number)
    return Marked(marked, number, psnr, found.weakest, alone) if psnr >= MIN_PSNR else None


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What is added at a strength of 1, and the most that each place may change, on the grid."""

    shape: Grid
    bounds: Grid

    def at(self, strength: float) -> Grid:
        return np.asarray(np.clip(self.shape * strength, -self.bounds, self.bounds), np.float32)


def measure_psnr(one: Image.Image, other: Image.Image) -> float:
    """The distance of two images of the same size in dB; infinite where they are the same."""
    difference = np.asarray(one.convert("RGB"), np.float32) - np.asarray(other.convert("RGB"), np.float32)
    error = float(np.mean(np.square(difference)))
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))


def treat(image: Image.Image) -> Iterator[Image.Image]:
    """What an RGB picture usually goes through elsewhere: half the size and JPEG q60, JPEG q50, WebP q60."""
    half = image.resize((max(1, image.width // 2), max(1, image.height // 2)), Image.Resampling.LANCZOS)
    yield _code(half, "JPEG", 60)
    yield _code(image, "JPEG", 50)
    yield _code(image, "WEBP", 60)


@dataclass(frozen=True, slots=True)
class _Found:
    strength: float
    weakest: float


def _search(trial: Image.Image, pattern: _Pattern, chips: Chips, number: int) -> _Found | None:
    """The weakest strength that outlasts everything; else the strongest that the gate lets pass."""
    found: _Found | None = None
    low, high = 0, len(_STRENGTHS)
    while low < high:
        middle = (low + high) // 2
        marked = _add(trial, pattern.at(_STRENGTHS[middle]))
        if measure_psnr(trial, marked) < MIN_PSNR + _MARGIN:
            high = middle
            continue
        tried = _Found(_STRENGTHS[middle], _weakest_reading(marked, chips, number))
        if tried.weakest >= SURE:
            found, high = tried, middle
        else:
            low = middle + 1
            found = found if found and found.weakest >= SURE else tried
    return found if found is None or found.weakest >= SURE else _stretch(trial, pattern, found, chips, number)


def _stretch(trial: Image.Image, pattern: _Pattern, found: "_Found", chips: Chips, number: int) -> "_Found":
    """A strength that uses up what the gate still allows, for a picture that is hard to mark."""
    room = measure_psnr(trial, _add(trial, pattern.at(found.strength))) - MIN_PSNR - _MARGIN
    strength = found.strength * 10 ** (room / 20)
    marked = _add(trial, pattern.at(strength))
    if room <= 0 or measure_psnr(trial, marked) < MIN_PSNR + _MARGIN / 2:
        return found
    return _Found(strength, _weakest_reading(marked, chips, number))


def _weakest_reading(marked: Image.Image, chips: Chips, number: int) -> float:
    """The weakest reading after all treatments; 0 after the first that is wrong."""
    weakest = float("inf")
    for treated in treat(marked):
        weakest = min(weakest, _read_number(treated, chips, number))
        if weakest == 0:
            break
    return weakest


def _read_number(image: Image.Image, chips: Chips, number: int) -> float:
    """How strongly this number is read; 0 where another one is."""
    reading = read(chips, whiten(brightness(image)))
    return reading.strength if reading.number == number and reading.is_ours else 0.0


def _on_ground(image: Image.Image) -> Image.Image:
    return flatten(image, estimate_background(image, None).colour) if image.mode == "RGBA" else image


def _shape(grid: Grid, chips: Chips, number: int) -> Grid:
    """What is to be added, with a mean square of 1: what tells most in each coefficient, where it is seen least."""
    shaped = _activity(grid) ** 2 * synthesise(weights(grid) * spread(chips, number))
    return np.asarray(shaped / (np.sqrt(np.mean(shaped**2)) + 1e-9), np.float32)


def _activity(grid: Grid) -> Grid:
    """How much goes unnoticed at each place, 0.15 to 1."""
    busy = np.clip(_deviation(grid) / _BUSY, 0, 1) ** 0.6
    return np.asarray(busy * (1 - _FLAT_SHARE) + _FLAT_SHARE, np.float32)


def _bounds(grid: Grid) -> Grid:
    """Grey levels that each place may change by: little in flat parts, nothing where there is but one colour."""
    deviation = _deviation(grid)
    return np.where(deviation < _BUSY / 4, _FLAT_MOST * np.clip(deviation / _ONE_COLOUR, 0, 1), 255.0)


def _deviation(grid: Grid) -> Grid:
    variance = box_mean(grid**2, _WINDOW) - box_mean(grid, _WINDOW) ** 2
    return np.asarray(np.sqrt(np.maximum(variance, 0)), np.float32)


def _add(image: Image.Image, delta: Grid) -> Image.Image:
    """The image with the grid added to every colour alike; what cannot be seen at all stays as it is."""
    sized = np.asarray(Image.fromarray(delta).resize(image.size, Image.Resampling.BICUBIC))
    pixels = np.asarray(image).astype(np.float32)
    pixels[..., :3] += sized[:, :, None]
    if image.mode == "RGBA":
        pixels[..., :3] *= pixels[..., 3:] > 0
    return Image.fromarray(np.clip(pixels + 0.5, 0, 255).astype(np.uint8))


def _shrink(image: Image.Image) -> Image.Image:
    if max(image.size) <= _TRIAL_EDGE:
        return image
    small = image.copy()
    small.thumbnail((_TRIAL_EDGE, _TRIAL_EDGE), Image.Resampling.BICUBIC)
    return small


def _code(image: Image.Image, made_as: str, quality: int) -> Image.Image:
    out = BytesIO()
    image.save(out, made_as, quality=quality)
    return Image.open(out)
