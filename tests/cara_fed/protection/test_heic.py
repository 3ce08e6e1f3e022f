"""HEIC is read where its decoder is installed, and refused with advice where it is not."""

import importlib.util

import numpy as np
import pytest
from PIL import Image

from cara_fed.protection import decoding
from cara_fed.protection.errors import NotAPicture
from cara_fed.protection.values import Format
from tests.cara_fed.protection.icc import matrix_profile
from tests.cara_fed.protection.pictures import encode, federated, line, photo, pixels, run, smooth
from tests.cara_fed.protection.planting import XMP, exif, holds_secret

needs_decoder = pytest.mark.skipif(
    importlib.util.find_spec("pillow_heif") is None, reason="pillow-heif is not installed"
)


@needs_decoder
def test_a_phones_picture_comes_out_upright_and_bare() -> None:
    turned = Image.Exif()
    turned.load(exif())
    turned[0x0112] = 6
    data = encode(photo(), "HEIF", quality=95, exif=turned.tobytes(), xmp=XMP)
    assert holds_secret(data)

    made = run(data)

    assert (made.format, made.width, made.height) == (Format.HEIC, 64, 96)
    expected = np.asarray(photo().rotate(-90, expand=True)).astype(int)
    assert np.abs(pixels(federated(made)) - expected).mean() < 6
    assert not any(holds_secret(one.data) for one in made.renditions)
    assert "where it was taken (GPS)" in line(made, "read_metadata")


@needs_decoder
def test_its_wide_gamut_is_converted() -> None:
    plain = run(encode(smooth(), "HEIF", quality=100, chroma=444))
    wide = run(encode(smooth(), "HEIF", quality=100, chroma=444, icc_profile=matrix_profile("p3")))
    assert "from the picture's own profile" in line(wide, "colour")
    assert np.abs(pixels(federated(plain)) - pixels(federated(wide))).max() > 15


def test_without_its_decoder_the_artist_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_HEIF", None)
    data = encode(photo(), "AVIF").replace(b"avif", b"heic").replace(b"avis", b"heis")
    with pytest.raises(NotAPicture, match="export it as JPEG"):
        run(data)
