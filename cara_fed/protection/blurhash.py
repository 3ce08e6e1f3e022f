"""BlurHash: a picture's broad colours in about thirty letters, as other servers show before it has arrived."""

import numpy as np
import numpy.typing as npt
from PIL import Image

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_SAMPLES = 32

Floats = npt.NDArray[np.float64]


def encode_blurhash(image: Image.Image) -> str:
    """The hash of an RGB image: 4×3 parts if it is wide, 3×4 if it is tall, 4×4 if it is nearly square."""
    columns, rows = _parts(image.size)
    light = _to_light(np.asarray(image.resize((_SAMPLES, _SAMPLES), Image.Resampling.BOX), np.float64) / 255)
    factors = _transform(light, columns, rows)
    average, details = factors[0], factors[1:]
    most = float(np.abs(details).max())
    coded = int(np.clip(np.floor(most * 166 - 0.5), 0, 82))
    text = _digits(columns - 1 + (rows - 1) * 9, 1) + _digits(coded, 1) + _digits(_pack_average(average), 4)
    return text + "".join(_digits(_pack_detail(detail, (coded + 1) / 166), 2) for detail in details)


def _parts(size: tuple[int, int]) -> tuple[int, int]:
    width, height = size
    if width > 1.2 * height:
        return 4, 3
    return (3, 4) if height > 1.2 * width else (4, 4)


def _to_light(values: Floats) -> Floats:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _to_byte(light: float) -> int:
    value = min(max(light, 0.0), 1.0)
    return int((value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055) * 255 + 0.5)


def _transform(light: Floats, columns: int, rows: int) -> Floats:
    """Cosine factors, shape (rows × columns, 3), the average first."""
    steps = np.pi * np.arange(_SAMPLES) / _SAMPLES
    across = np.cos(np.arange(columns)[:, None] * steps) / _SAMPLES
    down = np.cos(np.arange(rows)[:, None] * steps) / _SAMPLES
    factors = np.einsum("jy,ix,yxc->jic", down, across, light).reshape(-1, 3)
    factors[1:] *= 2
    return np.asarray(factors)


def _pack_average(average: Floats) -> int:
    red, green, blue = (_to_byte(float(one)) for one in average)
    return red << 16 | green << 8 | blue


def _pack_detail(detail: Floats, most: float) -> int:
    scaled = detail / most
    steps = np.floor(np.sign(scaled) * np.sqrt(np.abs(scaled)) * 9 + 9.5).clip(0, 18)
    red, green, blue = (int(one) for one in steps)
    return (red * 19 + green) * 19 + blue


def _digits(number: int, length: int) -> str:
    return "".join(_DIGITS[number // 83**place % 83] for place in reversed(range(length)))
