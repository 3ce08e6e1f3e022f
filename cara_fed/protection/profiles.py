"""Colour profiles: sRGB, and ICC profiles built for files that describe their colours in numbers (cICP, gAMA, DCF)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import ImageCms

Floats = npt.NDArray[np.float64]
Curve = Callable[[Floats], Floats]

_D65 = (0.3127, 0.3290)
_SRGB = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
_ADOBE_RGB = (*_D65, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
# White, red, green, blue by ITU-T H.273 colour primaries.
_PRIMARIES = {
    1: _SRGB,
    2: _SRGB,
    5: (*_D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}
_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_CURVE_POINTS = 4096
_WHITE_NITS = 203.0  # the brightness of paper white in HDR pictures (ITU-R BT.2408)


def _srgb_curve(values: Floats) -> Floats:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _gamma(exponent: float) -> Curve:
    return lambda values: values**exponent


def _pq(values: Floats) -> Floats:
    """SMPTE ST 2084 to light, paper white at 1, highlights pressed together."""
    root = values ** (1 / 78.84375)
    light = (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
    return _press_highlights(light * 10_000 / _WHITE_NITS)


def _hlg(values: Floats) -> Floats:
    """Hybrid log-gamma to light on a 1000 nit screen, highlights pressed together."""
    scene = np.where(values <= 0.5, values**2 / 3, (np.exp((values - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    return _press_highlights(scene**1.2 * 1000 / _WHITE_NITS)


def _press_highlights(light: Floats) -> Floats:
    knee = 0.75
    return np.where(light <= knee, light, knee + (1 - knee) * (1 - np.exp(-(light - knee) / (1 - knee))))


_TRANSFERS: dict[int, Curve] = {4: _gamma(2.2), 5: _gamma(2.8), 8: _gamma(1.0), 16: _pq, 17: _gamma(2.6), 18: _hlg}


@dataclass(frozen=True, slots=True)
class _Space:
    chromaticities: tuple[float, ...]
    curve: Curve


def profile_of_cicp(primaries: int, transfer: int) -> bytes:
    """The profile of H.273 code points; empty where they mean sRGB, or nothing that is known here."""
    chromaticities, curve = _PRIMARIES.get(primaries, _SRGB), _TRANSFERS.get(transfer, _srgb_curve)
    if chromaticities == _SRGB and curve is _srgb_curve:
        return b""
    return _build(_Space(chromaticities, curve))


def profile_of_gamma(gamma: float, chromaticities: tuple[float, ...]) -> bytes:
    """The profile of a PNG's gAMA and cHRM; empty where they mean sRGB or make no sense."""
    is_srgb = not chromaticities or bool(np.allclose(chromaticities, _SRGB, atol=0.002))
    if abs(gamma - 0.45455) < 0.005 and is_srgb:
        return b""
    if not 0.1 <= gamma <= 2.0 or not _is_sane(chromaticities or _SRGB):
        return b""
    return _build(_Space(chromaticities or _SRGB, _gamma(1 / gamma)))


def adobe_rgb() -> bytes:
    """The profile of cameras' "Adobe RGB" mode."""
    return _build(_Space(_ADOBE_RGB, _gamma(563 / 256)))


def _is_sane(chromaticities: tuple[float, ...]) -> bool:
    if any(not 0 <= one <= 1 for one in chromaticities) or min(chromaticities[1::2]) < 0.01:
        return False
    return bool(abs(np.linalg.det(_columns(chromaticities))) > 1e-3)


def _columns(chromaticities: tuple[float, ...]) -> Floats:
    """XYZ of the red, green and blue primaries at equal brightness, as the columns of a matrix."""
    pairs = zip(chromaticities[2::2], chromaticities[3::2], strict=True)
    return np.array([_xyz(x, y) for x, y in pairs]).T


def _xyz(x: float, y: float) -> Floats:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _to_d50(white: Floats) -> Floats:
    """Bradford's adaptation from a white to D50, the white of all profiles."""
    scale = np.diag((_BRADFORD @ _D50) / (_BRADFORD @ white))
    return np.asarray(np.linalg.inv(_BRADFORD) @ scale @ _BRADFORD)


def _build(space: _Space) -> bytes:
    white = _xyz(*space.chromaticities[:2])
    columns = _columns(space.chromaticities)
    colorants = _to_d50(white) @ (columns * np.linalg.solve(columns, white))
    table = np.rint(space.curve(np.linspace(0, 1, _CURVE_POINTS)).clip(0, 1) * 65535).astype(">u2")
    curve = b"curv\x00\x00\x00\x00" + _CURVE_POINTS.to_bytes(4, "big") + table.tobytes()
    tags = {b"desc": _description("built from the file's own numbers"), b"cprt": b"text\x00\x00\x00\x00none\x00"}
    tags |= {b"wtpt": _xyz_tag(_D50)}
    tags |= {name: _xyz_tag(column) for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants.T, strict=True)}
    return _assemble(tags, (b"rTRC", b"gTRC", b"bTRC"), curve)


def _description(text: str) -> bytes:
    ascii_text = text.encode("ascii") + b"\x00"
    return b"desc\x00\x00\x00\x00" + len(ascii_text).to_bytes(4, "big") + ascii_text + bytes(78)


def _xyz_tag(values: Floats) -> bytes:
    return b"XYZ \x00\x00\x00\x00" + np.rint(values * 65536).astype(">i4").tobytes()


def _assemble(tags: dict[bytes, bytes], curve_names: tuple[bytes, ...], curve: bytes) -> bytes:
    """An ICC version 2 display profile; the three curves share their bytes."""
    directory, body = b"", b""
    at = 128 + 4 + 12 * (len(tags) + len(curve_names))
    for names, content in (*(((name,), content) for name, content in tags.items()), (curve_names, curve)):
        place = (at + len(body)).to_bytes(4, "big") + len(content).to_bytes(4, "big")
        directory += b"".join(name + place for name in names)
        body += content + bytes(-len(content) % 4)
    count = (len(tags) + len(curve_names)).to_bytes(4, "big")
    head = bytes(8) + b"\x02\x40\x00\x00mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28) + _xyz_tag(_D50)[8:]
    profile = head.ljust(128, b"\x00") + count + directory + body
    return len(profile).to_bytes(4, "big") + profile[4:]


def _make_srgb() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Little CMS writes the present time into the header; the same picture must give the same bytes.
    return profile[:24] + bytes((0x07, 0xE8, 0, 1, 0, 1)) + bytes(6) + profile[36:]


SRGB = _make_srgb()
