"""Colours are right in sRGB whatever they came in, compared with conversions computed here from the definitions."""

from io import BytesIO

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from cara_fed.protection.colours import to_srgb
from cara_fed.protection.formats.jpeg import APP1, EXIF, build_segment
from cara_fed.protection.formats.png import build_chunk
from cara_fed.protection.profiles import SRGB, profile_of_cicp, profile_of_gamma
from tests.cara_fed.protection.icc import cmyk_profile, grey_profile, matrix_profile
from tests.cara_fed.protection.pictures import (
    drawing,
    encode,
    federated,
    insert_chunks,
    insert_segments,
    line,
    pixels,
    run,
    smooth,
)

Floats = npt.NDArray[np.float64]

# Linear RGB to linear sRGB, from the published primaries (both with D65 white).
P3_TO_SRGB = np.array([[1.2249402, -0.2249402, 0], [-0.0420570, 1.0420570, 0], [-0.0196376, -0.0786360, 1.0982736]])
ADOBE_TO_SRGB = np.array([[1.3983557, -0.3983557, 0], [0, 1, 0], [0, -0.0429290, 1.0429290]])
BT2020_TO_SRGB = np.array(
    [[1.6604910, -0.5876411, -0.0728499], [-0.1245505, 1.1328999, -0.0083494], [-0.0181508, -0.1005789, 1.1187297]]
)


def linear(values: Floats) -> Floats:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def coded(light: Floats) -> Floats:
    light = light.clip(0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def through(values: npt.NDArray[np.uint8], matrix: Floats, gamma: float | None = None) -> Floats:
    """The reference: 8 bit values of another space as 8 bit sRGB."""
    scaled = values.astype(np.float64) / 255
    light = scaled**gamma if gamma else linear(scaled)
    return coded(light @ matrix.T) * 255


def worst(left: npt.NDArray[np.generic], right: npt.NDArray[np.generic]) -> float:
    return float(np.abs(left.astype(np.float64) - right.astype(np.float64)).max())


WIDE = {
    "display p3": (matrix_profile("p3"), P3_TO_SRGB, None),
    "adobe rgb": (matrix_profile("adobe"), ADOBE_TO_SRGB, 563 / 256),
}


@pytest.mark.parametrize("space", WIDE)
@pytest.mark.parametrize("made_as", ["PNG", "TIFF", "WEBP", "AVIF", "JPEG"])
def test_wide_gamut_is_converted_by_its_profile(space: str, made_as: str) -> None:
    profile, matrix, gamma = WIDE[space]
    source = smooth()
    lossy = {"quality": 100, "subsampling": "4:4:4"} if made_as in ("JPEG", "AVIF") else {}
    lossless = {"lossless": True} if made_as == "WEBP" else {}

    made = run(encode(source, made_as, icc_profile=profile, **lossy, **lossless))

    expected = through(np.asarray(source), matrix, gamma)
    difference = np.abs(pixels(federated(made)) - expected)
    assert difference.mean() < 2
    assert np.quantile(difference, 0.99) < 10  # the JPEG's own loss included
    assert "from the picture's own profile" in line(made, "colour")


@pytest.mark.parametrize("space", WIDE)
def test_the_conversion_itself_is_within_two_steps_of_the_formula(space: str) -> None:
    profile, matrix, gamma = WIDE[space]
    steps = np.linspace(0, 255, 18).round().astype(np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 18 * 18, 3)

    converted = np.asarray(to_srgb(Image.fromarray(grid), profile))

    assert worst(converted, through(grid, matrix, gamma)) <= 2


def test_every_rendition_is_tagged_srgb() -> None:
    made = run(encode(smooth(), "PNG", icc_profile=matrix_profile("p3")))
    for one in made.renditions:
        assert SRGB in one.data if one.media_type != "image/png" else b"sRGB\x00" in one.data


def test_flat_wide_gamut_art_stays_a_png_tagged_srgb() -> None:
    made = run(encode(drawing(), "PNG", icc_profile=matrix_profile("p3")))
    assert federated(made).startswith(b"\x89PNG")
    assert b"sRGB\x00" in federated(made)
    expected = through(np.asarray(drawing()), P3_TO_SRGB)
    assert worst(pixels(federated(made)), expected) <= 2


def test_cmyk_is_converted_by_its_profile() -> None:
    profile, table = cmyk_profile()
    inks = np.array([[0, 0, 0, 0], [255, 0, 0, 0], [0, 255, 0, 0], [0, 0, 255, 0], [0, 0, 0, 255], [255, 255, 0, 0]])
    source = np.repeat(np.repeat(inks[None].astype(np.uint8), 16, axis=1), 16, axis=0)
    made = run(encode(Image.fromarray(source, "CMYK"), "TIFF", icc_profile=profile))

    middles = pixels(federated(made))[8, 8::16]

    assert worst(middles, np.array([table(*ink) for ink in inks])) <= 6


def test_cmyk_without_a_profile_is_said_to_be_an_approximation() -> None:
    source = Image.new("CMYK", (32, 32), (0, 255, 255, 0))
    for made_as in ("JPEG", "TIFF"):
        made = run(encode(source, made_as))
        assert worst(pixels(federated(made))[16, 16], np.array([255, 0, 0])) <= 4
        assert "approximation" in line(made, "colour")


def test_adobe_rgb_by_the_cameras_own_mark() -> None:
    # IFD0 → EXIF → interoperability directory with index "R03"
    ifd = (
        b"II*\x00\x08\x00\x00\x00" + b"\x01\x00" + b"\x69\x87\x04\x00\x01\x00\x00\x00" + b"\x1a\x00\x00\x00" + bytes(4)
    )
    ifd += b"\x01\x00" + b"\x05\xa0\x04\x00\x01\x00\x00\x00" + b"\x2c\x00\x00\x00" + bytes(4)
    ifd += b"\x01\x00" + b"\x01\x00\x02\x00\x04\x00\x00\x00" + b"R03\x00" + bytes(4)
    source = smooth()
    plain = encode(source, "JPEG", quality=100, subsampling="4:4:4")

    made = run(insert_segments(plain, build_segment(APP1, EXIF + ifd)))

    expected = through(np.asarray(source), ADOBE_TO_SRGB, 563 / 256)
    assert np.abs(pixels(federated(made)) - expected).mean() < 2


def test_grey_pictures_of_every_depth() -> None:
    ramp = np.tile(np.linspace(0, 65535, 64), (32, 1))
    sources = {
        "L": Image.fromarray((ramp / 257).round().astype(np.uint8)),
        "I;16": Image.fromarray(ramp.astype(np.uint16)),
        "F": Image.fromarray((ramp / 65535).astype(np.float32)),
        "I": Image.fromarray(ramp.astype(np.int32)),
    }
    for mode, source in sources.items():
        assert source.mode == mode
        made = run(encode(source, "TIFF"))
        assert np.abs(pixels(federated(made))[..., 0] - ramp / 257).mean() < 1.5, mode


def test_grey_with_its_own_gamma_is_converted() -> None:
    source = Image.fromarray(np.tile(np.linspace(0, 255, 64).round().astype(np.uint8), (32, 1)))
    made = run(encode(source, "TIFF", icc_profile=grey_profile(1.0)))
    expected = coded(np.asarray(source) / 255.0) * 255
    assert np.abs(pixels(federated(made))[..., 0] - expected).mean() < 2


def test_grey_with_alpha_keeps_both() -> None:
    source = Image.merge("LA", (Image.new("L", (40, 40), 128), Image.linear_gradient("L").resize((40, 40))))
    made = run(encode(source, "PNG"))
    result = Image.open(BytesIO(federated(made)))
    assert result.mode == "RGBA"
    shown = np.asarray(result)
    assert worst(shown[..., 3], np.asarray(source)[..., 1]) == 0
    assert (shown[shown[..., 3] > 0][:, :3] == 128).all()


def test_palettes_with_and_without_transparency() -> None:
    source = drawing().quantize(16)
    assert worst(pixels(federated(run(encode(source, "PNG")))), np.asarray(source.convert("RGB"))) == 0
    clear = encode(source, "PNG", transparency=source.getpixel((0, 0)))
    shown = np.asarray(Image.open(BytesIO(federated(run(clear)))).convert("RGBA"))
    assert shown[0, 0].tolist() == [0, 0, 0, 0]
    assert shown[20, 20, 3] == 255


def test_a_two_colour_scan_and_lab() -> None:
    scan = Image.new("1", (40, 40), 1)
    scan.paste(0, (10, 10, 20, 20))
    shown = pixels(federated(run(encode(scan, "TIFF"))))
    assert shown[15, 15].tolist() == [0, 0, 0]
    assert shown[30, 30].tolist() == [255, 255, 255]
    lab = Image.new("LAB", (32, 32), (255, 128, 128))
    assert worst(pixels(federated(run(encode(lab, "TIFF"))))[16, 16], np.array([255, 255, 255])) <= 3


def test_an_srgb_profile_changes_no_pixel() -> None:
    with_profile = run(encode(drawing(), "PNG", icc_profile=SRGB))
    without = run(encode(drawing(), "PNG"))
    assert federated(with_profile) == federated(without)


@pytest.mark.parametrize(
    "profile", [b"rubbish", SRGB[:200], SRGB[:128] + b"\xff" * 400, b"\x00" * 4096, SRGB[:16] + b"La\xf1 " + SRGB[20:]]
)
def test_a_broken_profile_is_left_out_and_said(profile: bytes) -> None:
    made = run(encode(drawing(), "PNG", icc_profile=profile))
    assert worst(pixels(federated(made)), np.asarray(drawing())) == 0
    assert "damaged" in line(made, "colour")


def test_a_profile_for_another_kind_of_colour_is_left_out() -> None:
    made = run(encode(drawing(), "PNG", icc_profile=grey_profile(1.0)))
    assert worst(pixels(federated(made)), np.asarray(drawing())) == 0


@pytest.mark.parametrize(("primaries", "matrix"), [(12, P3_TO_SRGB), (9, BT2020_TO_SRGB)])
def test_png_code_points_go_before_a_profile(primaries: int, matrix: Floats) -> None:
    chunk = build_chunk(b"cICP", bytes((primaries, 13, 0, 1)))
    made = run(insert_chunks(encode(drawing(), "PNG", icc_profile=SRGB), chunk))
    assert worst(pixels(federated(made)), through(np.asarray(drawing()), matrix)) <= 2


def test_png_code_points_of_srgb_change_nothing() -> None:
    made = run(insert_chunks(encode(drawing(), "PNG"), build_chunk(b"cICP", bytes((1, 13, 0, 1)))))
    assert worst(pixels(federated(made)), np.asarray(drawing())) == 0


def test_png_gamma_is_honoured_unless_srgb_is_said_too() -> None:
    linear_light = build_chunk(b"gAMA", (100_000).to_bytes(4, "big"))
    expected = coded(np.asarray(drawing()) / 255.0) * 255
    assert worst(pixels(federated(run(insert_chunks(encode(drawing(), "PNG"), linear_light)))), expected) <= 2
    both = insert_chunks(encode(drawing(), "PNG"), linear_light, build_chunk(b"sRGB", b"\x00"))
    assert worst(pixels(federated(run(both))), np.asarray(drawing())) == 0


@pytest.mark.parametrize(
    ("gamma", "chromaticities"),
    [(0.0, ()), (50.0, ()), (0.5, (0.0,) * 8), (0.5, (0.3, 0.3) * 4), (0.45455, ()), (0.5, (9.0,) * 8)],
)
def test_senseless_gamma_means_srgb(gamma: float, chromaticities: tuple[float, ...]) -> None:
    assert profile_of_gamma(gamma, chromaticities) == b""


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_keeps_mid_tones_and_presses_highlights(transfer: int) -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    shown = np.asarray(to_srgb(Image.fromarray(ramp), profile_of_cicp(9, transfer))).astype(int)[0, :, 0]
    assert (np.diff(shown) >= 0).all()
    assert shown[0] == 0
    assert shown[-1] >= 250
    paper_white = 148 if transfer == 16 else 191
    assert 215 <= shown[paper_white] <= 250
