"""The picture of the demonstration: hills in the evening, drawn by arithmetic, with a phone's secrets in its file."""

from pathlib import Path

import numpy as np
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

WIDTH, HEIGHT = 3000, 2000
HILLS = 6
SERIAL_NUMBER = "S/N 4711-0815"
LATITUDE, LONGITUDE = (56.0, 57.0, 0.0), (24.0, 6.0, 0.0)


def draw(path: Path) -> None:
    """Write the picture as a camera would: JPEG, with the place, the device and its serial number inside."""
    Image.fromarray(_paint()).save(path, "JPEG", quality=92, exif=_exif())


def _paint() -> np.ndarray:
    rng = np.random.default_rng(7)
    height = np.linspace(0.0, 1.0, HEIGHT)[:, None, None]
    sky = (1 - height) * np.array([38, 58, 110]) + height * np.array([255, 176, 120])
    canvas = np.broadcast_to(sky, (HEIGHT, WIDTH, 3)).astype(np.float64)
    canvas = canvas + 90 * _sun()[..., None] * np.array([1.0, 0.8, 0.5])
    for number in range(HILLS):
        canvas = _add_hill(canvas, number, rng)
    grain = rng.normal(0.0, 3.0, canvas.shape)
    return np.clip(canvas + grain, 0, 255).astype(np.uint8)


def _sun() -> np.ndarray:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    distance = np.hypot(x - 0.68 * WIDTH, y - 0.42 * HEIGHT)
    glow: np.ndarray = np.exp(-distance / 420) + (distance < 95)
    return glow


def _add_hill(canvas: np.ndarray, number: int, rng: np.random.Generator) -> np.ndarray:
    """Each hill is nearer, lower in the picture and darker than the one before."""
    x = np.linspace(0, 2 * np.pi, WIDTH)
    rates = np.array([1, 2, 3, 5, 8])[:, None]
    waves = (np.sin(x * rates + rng.uniform(0, 6, rates.shape)) / rates).sum(axis=0)
    ridge = HEIGHT * (0.5 + 0.08 * number) + 70 * waves
    color = np.array([92, 74, 122]) * (1 - number / (HILLS + 1)) + np.array([8, 10, 18])
    below = np.arange(HEIGHT)[:, None] > ridge[None, :]
    return np.where(below[..., None], color, canvas)


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = "Pocket", "Camera 3"
    exif.get_ifd(IFD.Exif)[Base.BodySerialNumber] = SERIAL_NUMBER
    position = exif.get_ifd(IFD.GPSInfo)
    position[GPS.GPSLatitudeRef], position[GPS.GPSLatitude] = "N", LATITUDE
    position[GPS.GPSLongitudeRef], position[GPS.GPSLongitude] = "E", LONGITUDE
    return exif
