"""Every way a camera was held, in every format that can say so, comes out upright."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from cara_fed.protection.values import RenditionKind
from tests.cara_fed.protection.pictures import animation, decode, encode, encode_animation, federated, rendition, run

_TO_UPRIGHT = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}  # the orientation that undoes an orientation


def corners(width: int = 96, height: int = 64) -> Image.Image:
    """A different colour in each corner."""
    picture = Image.new("RGB", (width, height))
    for number, colour in enumerate(((250, 10, 10), (10, 250, 10), (10, 10, 250), (240, 240, 10))):
        left, top = number % 2 * width // 2, number // 2 * height // 2
        picture.paste(colour, (left, top, left + width // 2, top + height // 2))
    return picture


def held(picture: Image.Image, orientation: int) -> tuple[Image.Image, Image.Exif]:
    """The picture as a sensor held that way stores it, and the EXIF that says so."""
    exif = Image.Exif()
    exif[0x0112] = _TO_UPRIGHT[orientation]
    marked = picture.copy()
    marked.info["exif"] = exif.tobytes()
    turned = ImageOps.exif_transpose(marked)
    turned.info = {}
    exif = Image.Exif()
    exif[0x0112] = orientation
    return turned, exif


@pytest.mark.parametrize("made_as", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_stills(made_as: str, orientation: int) -> None:
    stored, exif = held(corners(), orientation)
    assert (stored.width < stored.height) == (orientation >= 5)

    made = run(encode(stored, made_as, exif=exif.tobytes()))

    assert (made.width, made.height) == (96, 64)
    for one in made.renditions:
        shown = np.asarray(decode(one.data).convert("RGB")).astype(int)
        assert shown.shape == (64, 96, 3)
        assert np.abs(shown - np.asarray(corners())).mean() < 8, one.kind


@pytest.mark.parametrize("made_as", ["WEBP", "PNG"])
def test_animations(made_as: str) -> None:
    frames = animation()
    stored = [held(frame, 6)[0] for frame in frames]

    made = run(encode_animation(stored, made_as, exif=held(frames[0], 6)[1].tobytes()))

    moving = decode(rendition(made, RenditionKind.MOVING))
    assert moving.size == frames[0].size == (made.width, made.height)
    moving.seek(3)
    assert np.abs(np.asarray(moving.convert("RGB")).astype(int) - np.asarray(frames[3])).mean() < 12


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_senseless_orientations_mean_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    made = run(encode(corners(), "JPEG", exif=exif.tobytes()))
    assert (made.width, made.height) == (96, 64)
    assert b"\x12\x01\x03\x00" not in federated(made)
