"""Blurring, pooling and stretching of planes with numpy alone: edges go on as they end."""

import numpy as np
from PIL import Image

from cara_fed.protection.cloak.weights import Array


def blur(plane: Array, sigma: float) -> Array:
    """A Gaussian along the first two axes, cut at 3.4 sigma, of an array of shape (height, width[, channels])."""
    return blur_inner(pad(plane, reach(sigma)), sigma)


def blur_inner(padded: Array, sigma: float) -> Array:
    """The same of a plane that has ``reach(sigma)`` more on each side; the result has not."""
    kernel = _gaussian(sigma)
    return _correlate(_correlate(padded, kernel, 0), kernel, 1)


def reach(sigma: float) -> int:
    """How far a Gaussian of this width looks: 5 pixels for the 1.5 of SSIM."""
    return int(3.4 * sigma + 0.5)


def pad(plane: Array, margin: int) -> Array:
    """The plane with its edges repeated ``margin`` times around it."""
    return np.pad(plane, ((margin, margin), (margin, margin), *((0, 0),) * (plane.ndim - 2)), mode="edge")


def _gaussian(sigma: float) -> Array:
    places = np.arange(-reach(sigma), reach(sigma) + 1)
    weights = np.exp(-(places**2) / (2 * sigma**2))
    kernel: Array = (weights / weights.sum()).astype(np.float32)
    return kernel


def _correlate(plane: Array, kernel: Array, axis: int) -> Array:
    """A symmetric kernel along one axis, where it has all that it looks at."""
    half = len(kernel) // 2
    length = plane.shape[axis] - 2 * half

    def shifted(by: int) -> Array:
        return plane[by : by + length] if axis == 0 else plane[:, by : by + length]

    total: Array = shifted(half) * kernel[half]
    pair = np.empty_like(total)
    for place in range(half):
        np.add(shifted(place), shifted(2 * half - place), out=pair)
        pair *= kernel[place]
        total += pair
    return total


def lowest_around(plane: Array, radius: int) -> Array:
    """The least value within ``radius`` along both axes."""
    for axis in (0, 1):
        padded = pad(plane, radius)
        length = plane.shape[axis]
        across = padded[:, radius:-radius] if axis == 0 else padded[radius:-radius]
        shifted = [
            across[one : one + length] if axis == 0 else across[:, one : one + length] for one in range(2 * radius + 1)
        ]
        plane = np.minimum.reduce(shifted)
    return plane


def halve(plane: Array) -> Array:
    """Means of 2 × 2 squares; an odd last row or column is left out."""
    height, width = plane.shape[0] // 2 * 2, plane.shape[1] // 2 * 2
    even = plane[:height, :width]
    return (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) * np.float32(0.25)


def double(plane: Array) -> Array:
    """Each value four times, in a square."""
    return np.repeat(np.repeat(plane, 2, axis=0), 2, axis=1)


def stretch(plane: Array, size: tuple[int, int]) -> Array:
    """Each channel of (height, width, channels) at another (width, height), bicubically."""
    if plane.shape[1::-1] == size:
        return plane
    channels = (
        Image.fromarray(np.ascontiguousarray(plane[..., one])).resize(size, Image.Resampling.BICUBIC)
        for one in range(plane.shape[2])
    )
    return np.stack([np.asarray(one, np.float32) for one in channels], axis=2)


def luma(pixels: Array) -> Array:
    """The brightness of RGB, by the weights of JPEG."""
    return pixels @ np.array([0.299, 0.587, 0.114], np.float32)
