"""Where a picture bears a change, and how much: little on flat ground, more where there is detail to hide in."""

import numpy as np

from cara_fed.protection.cloak.filters import blur, lowest_around, luma
from cara_fed.protection.cloak.weights import Array

FLAT = 2.0  # grey levels that flat ground may change by
FLAT_ACTIVITY = 3.0  # grey levels of local deviation up to which ground counts as flat
WINDOW = 1.5  # sigma of the window in which activity is looked for, as in SSIM
SSIM_C2 = (0.03 * 255) ** 2  # the constant of SSIM's contrast term
_FAR = 4  # no pixel near flat ground moves more than the flat ground may


def spread(pixels: Array) -> Array:
    """The standard deviation around each pixel, along the first two axes."""
    mean = blur(pixels, WINDOW)
    deviation: Array = np.sqrt(np.maximum(blur(pixels * pixels, WINDOW) - mean * mean, 0))
    return deviation


def find_caps(brightness: Array, most: float) -> Array:
    """By how many grey levels each pixel of a plane may change, between FLAT and ``most``."""
    return caps_of_activity(lowest_around(spread(brightness), _FAR), most)


def caps_of_activity(activity: Array, most: float) -> Array:
    """FLAT on flat ground, and one more for each grey level of deviation above it."""
    caps: Array = np.clip(FLAT + activity - FLAT_ACTIVITY, FLAT, most).astype(np.float32)
    return caps


def find_amplitudes(pixels: Array, dissimilarity: float, error: float) -> Array:
    """The deviation that each pixel's channels may have so that both limits are reached together.

    Of all changes of one energy the one that follows this map costs least: SSIM loses about d² / (2 s² + C2) for a
    change d where the picture's own deviation is s, and the mean square error grows by d² everywhere. ``dissimilarity``
    is what SSIM may lose, ``error`` the mean square error allowed.
    """
    deviation = spread(pixels)
    weights = 1 / np.sqrt(1 / (dissimilarity * (2 * deviation**2 + SSIM_C2)) + 1 / error)
    return blur(weights.astype(np.float32), WINDOW)


def brightness_of(pixels: Array) -> Array:
    """The plane in which flat ground is looked for."""
    return luma(pixels)
