"""Pixels brought to sRGB by the profile they were made in."""

from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

from cara_fed.protection.profiles import SRGB

_SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK", "LAB": "Lab"}
_ALPHA_MODES = {"LA": "L", "RGBA": "RGB"}
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """An L, LA, RGB, RGBA, CMYK or LAB image as RGB or RGBA in sRGB.

    Without a profile that fits, grey and RGB are taken for sRGB and CMYK is converted by the simplest formula.
    """
    if image.mode in _ALPHA_MODES:
        colours = to_srgb(image.convert(_ALPHA_MODES[image.mode]), profile)
        colours.putalpha(image.getchannel("A"))
        return colours
    fitting = choose_mode(image.mode, profile)
    if fitting:
        transform = _transform(profile, fitting)
        converted = image.convert(fitting) if image.mode != fitting else image
        return ImageCms.applyTransform(converted, transform) or converted
    if image.mode == "LAB":
        return ImageCms.applyTransform(image, _lab_transform()) or image
    return image.convert("RGB")


def choose_mode(mode: str, profile: bytes) -> str | None:
    """The mode in which the profile can be applied; None where there is none, or where it would change nothing."""
    space = profile_space(profile)
    if space == "RGB" and mode in ("L", "RGB"):
        return None if _changes_nothing(profile) else "RGB"
    return mode if space and space == _SPACES.get(mode) else None


@lru_cache(maxsize=8)
def profile_space(profile: bytes) -> str | None:
    """The space as "RGB", "GRAY", "CMYK" or "Lab"; None for no profile, or one that cannot be read."""
    try:
        return _open(profile).profile.xcolor_space.strip() if profile else None
    except (OSError, ImageCms.PyCMSError, UnicodeDecodeError):  # a space's name that is no text
        return None


def _open(profile: bytes) -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(BytesIO(profile))


@lru_cache(maxsize=8)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(_open(profile), _open(SRGB), mode, "RGB", _INTENT, _FLAGS)


@lru_cache(maxsize=1)
def _lab_transform() -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(ImageCms.createProfile("LAB"), _open(SRGB), "LAB", "RGB", _INTENT, _FLAGS)


@lru_cache(maxsize=8)
def _changes_nothing(profile: bytes) -> bool:
    """Whether this is sRGB under whatever name: no colour of a 9×9×9 grid moves by more than one step."""
    steps = np.linspace(0, 255, 9).round().astype(np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(27, 27, 3)
    moved = np.asarray(ImageCms.applyTransform(Image.fromarray(grid), _transform(profile, "RGB")))
    return int(np.abs(moved.astype(int) - grid).max()) <= 1


def blank_hidden(image: Image.Image) -> Image.Image:
    """An RGBA image whose wholly transparent pixels keep no colour: what was erased stays erased."""
    if image.mode != "RGBA":
        return image
    visible = image.getchannel("A").point(lambda alpha: 255 if alpha else 0)
    return Image.composite(image, Image.new("RGBA", image.size), visible)
