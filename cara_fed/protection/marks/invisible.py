"""Embedding the invisible mark: as weak as it may be to outlast the usual treatment, and never beyond the gate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO

import numpy as np
from PIL import Image

from cara_fed.protection.backgrounds import estimate_background, flatten
from cara_fed.protection.marks.codes import Chips, choose, make_chips, read, spread
from cara_fed.protection.marks.spectrum import Grid, box_mean, brightness, synthesise, weights, whiten

MIN_PSNR = 40.0
SURE = 9.5  # what a reading should reach after each treatment, in standard deviations of chance; 7.5 are proof
_TINGE = 0.3  # how much more surely a tinged mark must be read
_MARGIN = 0.1  # dB that rounding at the picture's own size may cost
_FRAMES_STRONGER = 1.6  # the number was chosen to fit the first frame, and fits the others by no chance
_TRIAL_EDGE = 1024  # a larger picture only bears treatment better
_STRENGTHS = tuple(0.6 * 1.12**step for step in range(24))  # mean change on the grid, in grey levels
_FLAT_SHARE = 0.15
_BUSY = 14.0  # grey levels within 7×7 from which nothing more is noticed
_WINDOW = 7
_FLAT_MOST = 1.8  # grey levels; rounding and enlarging may make it 2
_EVENLY = np.ones(3, np.float32)
_LUMA = np.array((0.299, 0.587, 0.114), np.float32)
_BY_LUMA = (_EVENLY + _LUMA / np.sum(_LUMA**2)) / 2
"""How a change of brightness is shared among red, green and blue: alike; or half way to what costs the gate least,
which is 0.9 dB less, without a tinge that one would see."""
_ONE_COLOUR = 0.3


@dataclass(frozen=True, slots=True)
class FrameMark:
    """The mark of a moving picture's first frame, for all of them: where nothing moves, every frame gets the same."""

    base: Grid  # what is added, before each frame's own activity says how much of it goes unnoticed
    shares: Grid

    def put_on(self, image: Image.Image) -> Image.Image:
        """The RGB or RGBA frame with the mark, within the gate."""
        grid = brightness(_on_ground(image))
        bounds = _bounds(grid) / self.shares.max()
        delta = _activity(grid) ** 2 * self.base
        marked = _add(image, np.clip(delta, -bounds, bounds), self.shares)
        room = measure_psnr(image, marked) - MIN_PSNR - _MARGIN
        if room >= 0:
            return marked
        return _add(image, np.clip(delta * 10 ** (room / 20), -bounds, bounds), self.shares)


@dataclass(frozen=True, slots=True)
class Marked:
    """A marked picture, its distance from the unmarked one in dB, and its weakest reading after the treatments."""

    image: Image.Image
    number: int
    psnr: float
    weakest: float
    alone: float  # its reading without any treatment
    frames: FrameMark

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
    if found is None or found.weakest < SURE:  # what is hard to mark bears a tinge rather than no mark
        tinged = replace(pattern, bounds=pattern.bounds / _BY_LUMA.max(), shares=_BY_LUMA)
        pattern, found = _better((pattern, found), (tinged, _search(trial, tinged, chips, number)))
    if found is None:
        return None
    marked = pattern.put_on(image, found.strength)
    psnr = measure_psnr(image, marked)
    alone = _read_number(_on_ground(marked), chips, number)
    frames = FrameMark(_base(grid, chips, number) * (found.strength * _FRAMES_STRONGER), pattern.shares)
    return Marked(marked, number, psnr, found.weakest, alone, frames) if psnr >= MIN_PSNR else None


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What is added at a strength of 1, and the most that each place may change, on the grid; each colour's share."""

    shape: Grid
    bounds: Grid
    shares: Grid = field(default_factory=lambda: _EVENLY)

    def put_on(self, image: Image.Image, strength: float) -> Image.Image:
        """The image with the pattern at this strength."""
        return _add(image, np.clip(self.shape * strength, -self.bounds, self.bounds), self.shares)


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
        marked = pattern.put_on(trial, _STRENGTHS[middle])
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


_Tried = tuple[_Pattern, _Found | None]


def _better(usual: _Tried, tinged: _Tried) -> _Tried:
    """The one that is read more surely; the usual one where that makes little difference."""
    return max(usual, tinged, key=lambda one: (one[1].weakest if one[1] else -1.0) - (_TINGE if one is tinged else 0))


def _stretch(trial: Image.Image, pattern: _Pattern, found: "_Found", chips: Chips, number: int) -> "_Found":
    """A strength that uses up what the gate still allows, for a picture that is hard to mark."""
    room = measure_psnr(trial, pattern.put_on(trial, found.strength)) - MIN_PSNR - _MARGIN
    strength = found.strength * 10 ** (room / 20)
    marked = pattern.put_on(trial, strength)
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
    return np.asarray(_activity(grid) ** 2 * _base(grid, chips, number), np.float32)


def _base(grid: Grid, chips: Chips, number: int) -> Grid:
    """The same before it is shaped by what is seen."""
    base = synthesise(weights(grid) * spread(chips, number))
    return np.asarray(base / (np.sqrt(np.mean((_activity(grid) ** 2 * base) ** 2)) + 1e-9), np.float32)


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


def _add(image: Image.Image, delta: Grid, shares: Grid) -> Image.Image:
    """The image with the grid added to its colours; what cannot be seen at all stays as it is."""
    sized = np.asarray(Image.fromarray(delta.astype(np.float32)).resize(image.size, Image.Resampling.BICUBIC))
    pixels = np.asarray(image).astype(np.float32)
    pixels[..., :3] += sized[:, :, None] * shares
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
