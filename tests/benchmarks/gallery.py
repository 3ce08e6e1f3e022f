"""Eleven pictures of different kinds, painted on the spot, so that benchmarks need no files."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Painter = Callable[[int], Image.Image]


def photograph(edge: int) -> Image.Image:
    """Detail at every scale."""
    return _image(_octaves(edge, 9, 0.8, 1) * 48 + 120)


def portrait(edge: int) -> Image.Image:
    """Soft skin in soft light, with a little grain."""
    x, y = _grid(edge)
    face = np.exp(-((x - 0.5) ** 2 * 9 + (y - 0.45) ** 2 * 6))[..., None] * np.array([150, 110, 90])
    return _image(face + 40 + _octaves(edge, 4, 0.5, 2) * 12 + _noise(edge, 3) * 4)


def landscape(edge: int) -> Image.Image:
    """A clear sky over rough hills."""
    x, y = _grid(edge)
    ridge = 0.55 + 0.1 * np.sin(x * 9) + 0.05 * np.sin(x * 23)
    sky = np.array([110, 160, 220]) + (y[..., None] * 60)
    hills = np.array([70, 90, 50]) + _octaves(edge, 9, 0.85, 4) * 30
    return _image(np.where((y > ridge)[..., None], hills, sky))


def night(edge: int) -> Image.Image:
    """Stars on black."""
    rng = np.random.default_rng(5)
    plane = np.zeros((edge, edge, 3))
    for top, left in rng.integers(0, edge, (900, 2)):
        plane[top : top + 2, left : left + 2] = rng.integers(90, 256)
    return _image(plane + 10 + _octaves(edge, 4, 0.6, 6) * 9)


def fabric(edge: int) -> Image.Image:
    """A fine regular weave."""
    x, y = _grid(edge)
    weave = np.sin(x * 260) * np.sin(y * 240)
    return _image((weave[..., None] * 45 + np.array([140, 90, 80])) + _noise(edge, 7) * 8)


def watercolour(edge: int) -> Image.Image:
    """Washes with hard rims on grainy paper."""
    wash = _octaves(edge, 6, 0.7, 8)
    rim = np.abs(wash) < 0.05
    return _image(np.where(wash > 0, 205, 235) - rim * 40.0 + _octaves(edge, 9, 0.95, 9) * 9)


def ink(edge: int) -> Image.Image:
    """Hatching on white paper."""
    return _hatch(edge, 10)


def _hatch(edge: int, seed: int) -> Image.Image:
    image, rng = Image.new("RGB", (edge, edge), "white"), np.random.default_rng(seed)
    pen = ImageDraw.Draw(image)
    for x, y, angle in zip(*rng.uniform(0, 1, (3, 1400)), strict=True):
        across, down = np.cos(angle * 6.3) * edge / 14, np.sin(angle * 6.3) * edge / 14
        pen.line((x * edge, y * edge, x * edge + across, y * edge + down), fill="black", width=max(1, edge // 400))
    return image


def pencil(edge: int) -> Image.Image:
    """Grey strokes on grainy paper, as scanned."""
    strokes = np.asarray(_hatch(edge, 15).filter(ImageFilter.GaussianBlur(edge / 700)), np.float64)
    return _image(235 - (255 - strokes) * 0.45 + _octaves(edge, 9, 0.95, 14) * 6)


def comic(edge: int) -> Image.Image:
    """Flat colours, black outlines, dots for shade."""
    image, rng = Image.new("RGB", (edge, edge), (250, 225, 120)), np.random.default_rng(11)
    pen = ImageDraw.Draw(image)
    for _ in range(24):
        left, top, size = rng.uniform(0, 0.8) * edge, rng.uniform(0, 0.8) * edge, rng.uniform(0.06, 0.3) * edge
        colour = tuple(int(one) for one in rng.integers(0, 256, 3))
        pen.ellipse((left, top, left + size, top + size), fill=colour, outline="black", width=max(2, edge // 150))
    for top in range(0, edge, edge // 60):
        for left in range(0, edge // 2, edge // 60):
            pen.ellipse((left, top, left + edge // 140, top + edge // 140), fill=(200, 60, 60))
    return image


def lettering(edge: int) -> Image.Image:
    """A page of words."""
    image = Image.new("RGB", (edge, edge), (245, 240, 230))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(edge // 28)
    words = [
        "the",
        "quick",
        "brown",
        "fox",
        "jumps",
        "over",
        "the",
        "lazy",
        "dog",
        "while",
        "five",
        "wizards",
        "box",
        "and",
        "the",
        "jay",
        "vows",
        "to",
        "quit",
    ]
    rng = np.random.default_rng(13)
    for line in range(24):
        pen.text((edge // 20, line * edge // 25), " ".join(rng.permutation(words)[:9]), (40, 30, 30), font)
    return image.filter(ImageFilter.GaussianBlur(0.5))


def rendering(edge: int) -> Image.Image:
    """A three-dimensional scene: smooth shades, sharp rims, a chequered floor."""
    x, y = _grid(edge)
    floor = ((np.floor(x * 14 / (y + 0.3)) + np.floor(6 / (y + 0.1))) % 2)[..., None] * 90 + np.array([60, 70, 90])
    depth = 0.09 - (x - 0.5) ** 2 - (y - 0.45) ** 2
    ball = np.sqrt(np.maximum(depth, 0))[..., None] * np.array([700, 520, 380]) + _noise(edge, 12) * 3
    return _image(np.where((depth > 0)[..., None], ball, floor))


PAINTERS: tuple[Painter, ...] = (
    photograph,
    portrait,
    landscape,
    night,
    fabric,
    watercolour,
    ink,
    pencil,
    comic,
    lettering,
    rendering,
)


def _grid(edge: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    x, y = np.meshgrid(np.linspace(0, 1, edge), np.linspace(0, 1, edge))
    return x, y


def _noise(edge: int, seed: int) -> npt.NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal((edge, edge, 1))


def _octaves(edge: int, count: int, fade: float, seed: int) -> npt.NDArray[np.float64]:
    """Noise with this many octaves, of shape (edge, edge, 3), with a standard deviation of 1."""
    rng, total = np.random.default_rng(seed), np.zeros((edge, edge, 3))
    for octave in range(1, count + 1):
        side = min(edge, 2**octave)
        layer = Image.fromarray(rng.integers(0, 256, (side, side, 3), dtype=np.uint8))
        total += (np.asarray(layer.resize((edge, edge), Image.Resampling.BICUBIC), np.float64) - 128) * fade**octave
    return total / total.std()


def _image(plane: npt.NDArray[np.float64]) -> Image.Image:
    full = np.broadcast_to(plane, (*plane.shape[:2], 3))
    return Image.fromarray(full.clip(0, 255).astype(np.uint8))
