"""Pictures to make and to measure cloaks with: painted on the spot, and photographs that scikit-image carries with it.

What patterns are made from and what they are measured on never meet: other photographs, other seeds, other kinds.
"""

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

Pixels = npt.NDArray[np.uint8]
Painter = Callable[[int, int], Image.Image]

MEASURED = ("astronaut.png", "coffee.png", "chelsea.png", "rocket.jpg", "ihc.png")
LEARNED_FROM = (
    "brick.png",
    "grass.png",
    "gravel.png",
    "hubble_deep_field.jpg",
    "motorcycle_left.png",
    "retina.jpg",
    "camera.png",
    "coins.png",
    "moon.png",
    "clock_motion.png",
)


def measured(edge: int) -> Mapping[str, Pixels]:
    """Pictures of different kinds, squares of this edge."""
    kinds: dict[str, Painter] = {
        "painted landscape": landscape,
        "soft light": soft_light,
        "flat shapes": flat_shapes,
        "ink on paper": ink,
        "cel drawing": cel_drawing,
        "night sky": night,
        "watercolour": watercolour,
    }
    painted = {name: np.asarray(paint(edge, 7)) for name, paint in kinds.items()}
    return {name.partition(".")[0]: one for name, one in photographs(MEASURED, edge)} | painted


def learned_from(edge: int) -> tuple[Pixels, ...]:
    """What patterns are made from."""
    kinds: tuple[Painter, ...] = (octaves, soft_light, flat_shapes, ink, fabric, washes, skin)
    painted = (np.asarray(paint(edge, seed)) for seed in (101, 102, 103) for paint in kinds)
    return (*(one for _, one in photographs(LEARNED_FROM, edge)), *painted)


def photographs(names: tuple[str, ...], edge: int) -> list[tuple[str, Pixels]]:
    """The middle square of each; none where scikit-image is not installed."""
    found = importlib.util.find_spec("skimage")
    if found is None or found.origin is None:
        return []
    folder = Path(found.origin).parent / "data"
    return [(name, _square(Image.open(folder / name).convert("RGB"), edge)) for name in names]


def _square(image: Image.Image, edge: int) -> Pixels:
    share = edge / min(image.size)
    image = image.resize((max(edge, round(image.width * share)), max(edge, round(image.height * share))))
    left, top = (image.width - edge) // 2, (image.height - edge) // 2
    return np.asarray(image.crop((left, top, left + edge, top + edge)))


def _grid(edge: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    y, x = np.mgrid[0:edge, 0:edge] / edge
    return x, y


def _layers(edge: int, count: int, fall: float, seed: int) -> npt.NDArray[np.float64]:
    """Noise at every scale, of deviation 1, shape (edge, edge, 3)."""
    rng, total = np.random.default_rng(seed), np.zeros((edge, edge, 3))
    for octave in range(1, count + 1):
        size = min(edge, 2**octave + 1)
        layer = Image.fromarray(rng.integers(0, 256, (size, size, 3), dtype=np.uint8))
        total += (np.asarray(layer.resize((edge, edge), Image.Resampling.BICUBIC), float) - 128) * fall**octave
    return total / total.std()


def _image(values: npt.NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def octaves(edge: int, seed: int) -> Image.Image:
    """Detail of every size, as in photographs of nature."""
    return _image(_layers(edge, 9, 0.8, seed) * 48 + np.random.default_rng(seed).uniform(60, 190, 3))


def landscape(edge: int, seed: int) -> Image.Image:
    """A painted sky over painted hills."""
    x, y = _grid(edge)
    ridge = 0.5 + 0.1 * np.sin(x * 7 + seed) + 0.04 * np.sin(x * 29)
    sky = np.array([120, 150, 200]) + y[..., None] * 80 + _layers(edge, 5, 0.6, seed) * 10
    hills = np.array([80, 95, 55]) + _layers(edge, 9, 0.85, seed + 1) * 28
    return _image(np.where((y > ridge)[..., None], hills, sky))


def soft_light(edge: int, seed: int) -> Image.Image:
    """Slow gradients around a lamp."""
    x, y = _grid(edge)
    rng = np.random.default_rng(seed)
    left, top = rng.uniform(0.3, 0.7, 2)
    lamp = np.exp(-((x - left) ** 2 + (y - top) ** 2) / 0.03)[..., None]
    ground = np.stack((0.3 + 0.4 * y, 0.4 + 0.3 * x * y, 0.6 - 0.3 * y), 2) * rng.uniform(0.6, 1.2, 3)
    return _image((ground * (1 - lamp) + lamp * np.array([1, 0.9, 0.7])) * 240 + _layers(edge, 9, 1.0, seed) * 1.5)


def flat_shapes(edge: int, seed: int) -> Image.Image:
    """Flat colours with hard edges."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (edge, edge), tuple(rng.integers(180, 250, 3)))
    pen = ImageDraw.Draw(image)
    for _ in range(14):
        points = [tuple(point) for point in rng.uniform(0, edge, (4, 2))]
        pen.polygon(points, fill=tuple(rng.integers(20, 240, 3)))
    return image.resize((2 * edge, 2 * edge)).resize((edge, edge), Image.Resampling.LANCZOS)


def cel_drawing(edge: int, seed: int) -> Image.Image:
    """Flat colours, dark outlines and a little shading, as in comics."""
    rng, image = np.random.default_rng(seed), Image.new("RGB", (edge, edge), (236, 214, 188))
    pen = ImageDraw.Draw(image)
    for _ in range(26):
        x, y, size = rng.uniform(0, edge), rng.uniform(0, edge), rng.uniform(edge / 14, edge / 4)
        colour = tuple(rng.integers(40, 235, 3))
        pen.ellipse((x, y, x + size, y + size * 1.3), fill=colour, outline=(25, 20, 30), width=max(2, edge // 150))
        pen.arc((x, y, x + size * 0.8, y + size), 20, 160, fill=(25, 20, 30), width=max(2, edge // 200))
    shade = _layers(edge, 3, 0.6, seed)[..., :1] > 0.4
    return _image(np.asarray(image, float) * np.where(shade, 0.8, 1.0)).filter(ImageFilter.GaussianBlur(0.6))


def ink(edge: int, seed: int) -> Image.Image:
    """Dense pen strokes on warm paper."""
    rng, image = np.random.default_rng(seed), Image.new("RGB", (edge, edge), (244, 238, 224))
    pen = ImageDraw.Draw(image)
    for x, y, turn in zip(*rng.uniform(0, 1, (3, 700)), strict=True):
        away = (np.cos(turn * 3), np.sin(turn * 3))
        line = (x * edge, y * edge, (x + 0.06 * away[0]) * edge, (y + 0.06 * away[1]) * edge)
        pen.line(line, fill=(40, 36, 44), width=1 + edge // 400)
    return _image(np.asarray(image.filter(ImageFilter.GaussianBlur(0.7)), float) + _layers(edge, 9, 1.0, seed) * 2)


def night(edge: int, seed: int) -> Image.Image:
    """Stars in a dark sky with faint clouds."""
    rng, plane = np.random.default_rng(seed), np.zeros((edge, edge, 3))
    for top, left in rng.integers(0, edge, (500, 2)):
        plane[top : top + 2, left : left + 2] = rng.integers(90, 256)
    return _image(plane + np.array([26, 28, 44]) + _layers(edge, 5, 0.7, seed) * 12 + _layers(edge, 9, 1.0, seed) * 2)


def watercolour(edge: int, seed: int) -> Image.Image:
    """Washes with darker rims on grainy paper."""
    wash = _layers(edge, 6, 0.7, seed)
    rim = np.abs(wash) < 0.05
    return _image(np.where(wash > 0, 195, 228) - rim * 40.0 + _layers(edge, 9, 0.95, seed + 1) * 8)


def washes(edge: int, seed: int) -> Image.Image:
    """Overlapping coloured areas with soft rims."""
    return _image(np.tanh(_layers(edge, 4, 0.8, seed) * 2) * 60 + 140 + _layers(edge, 9, 0.95, seed + 1) * 6)


def fabric(edge: int, seed: int) -> Image.Image:
    """A regular weave."""
    x, y = _grid(edge)
    weave = np.sin(x * (90 + seed)) * np.sin(y * (70 + seed))
    return _image(
        weave[..., None] * 40 + np.random.default_rng(seed).uniform(60, 180, 3) + _layers(edge, 9, 1, seed) * 6
    )


def skin(edge: int, seed: int) -> Image.Image:
    """Something round and soft in soft light, with a little grain."""
    x, y = _grid(edge)
    face = np.exp(-((x - 0.5) ** 2 * 9 + (y - 0.45) ** 2 * 6))[..., None] * np.array([150, 110, 90])
    rough = _layers(edge, 4, 0.5, seed) * 12 + _layers(edge, 9, 1.0, seed + 1) * 4
    return _image(face + np.random.default_rng(seed).uniform(20, 70) + rough)
