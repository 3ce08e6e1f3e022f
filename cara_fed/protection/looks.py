"""What a picture looks like in a glance: its leading colour, and where the detail is."""

import numpy as np
import numpy.typing as npt
from PIL import Image

_GLANCE = 64


def glance(image: Image.Image, edge: int = _GLANCE) -> Image.Image:
    """A small version, stretched to a square: enough for colours and places."""
    return image.resize((edge, edge), Image.Resampling.BOX, reducing_gap=2.0)


def find_dominant_color(image: Image.Image) -> str:
    """The "#rrggbb" of the largest group of like colours among the visible pixels of an RGB or RGBA image."""
    pixels = np.asarray(glance(image).convert("RGBA")).reshape(-1, 4)
    visible = pixels[pixels[:, 3] >= 128][:, :3]
    if not len(visible):
        return "#ffffff"
    grouped = Image.fromarray(visible[None]).quantize(8, Image.Quantize.MEDIANCUT)
    groups = np.asarray(grouped)[0]
    largest = visible[groups == np.bincount(groups).argmax()]
    return "#{:02x}{:02x}{:02x}".format(*largest.mean(axis=0).round().astype(int).tolist())


def guess_focal_point(image: Image.Image) -> tuple[float, float]:
    """The centre of detail of an RGB image as (x, y) in -1..1, x to the right, y upwards, two digits each."""
    light = np.asarray(glance(image).convert("L"), np.float64)
    detail = _soften(np.abs(_slope(light, 0)) + np.abs(_slope(light, 1)))
    weights = np.clip(detail - np.quantile(detail, 0.8), 0, None)
    total = weights.sum()
    if total <= 1e-9:
        return 0.0, 0.0
    places = (np.arange(_GLANCE) + 0.5) / _GLANCE * 2 - 1
    x, y = (weights.sum(axis=0) @ places) / total, (weights.sum(axis=1) @ places) / total
    return round(float(x), 2), round(float(-y), 2) + 0.0


def _slope(light: npt.NDArray[np.float64], axis: int) -> npt.NDArray[np.float64]:
    return np.diff(light, axis=axis, append=light.take([-1], axis=axis))


def _soften(detail: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Means over 5×5 neighbours, so that a busy patch weighs more than a lone line."""
    padded = np.pad(detail, 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (5, 5))
    return np.asarray(windows.mean(axis=(2, 3)))
