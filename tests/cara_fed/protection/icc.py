"""Colour profiles for tests, written from the ICC specification and not by the code under test."""

import struct
from collections.abc import Callable

import numpy as np

# Primaries as XYZ relative to D50, as published in the profiles' specifications.
_COLORANTS = {
    "p3": ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
    "adobe": ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)),
}
_SRGB_CURVE = b"para\x00\x00\x00\x00\x00\x03\x00\x00" + struct.pack(
    ">5i", *(round(one * 65536) for one in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))
)
_ADOBE_CURVE = b"curv\x00\x00\x00\x00" + struct.pack(">IH", 1, 563) + b"\x00\x00"


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \x00\x00\x00\x00" + struct.pack(">3i", *(round(one * 65536) for one in values))


def _profile(kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {b"cprt": b"text" + bytes(8), **tags}
    directory, body, at = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, content in tags.items():
        directory += name + struct.pack(">II", at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = bytes(8) + b"\x02\x40\x00\x00" + kind + space + connection + bytes(12) + b"acsp" + bytes(28)
    head += struct.pack(">3i", 63190, 65536, 54061)
    whole = head.ljust(128, b"\x00") + directory + body
    return struct.pack(">I", len(whole)) + whole[4:]


def matrix_profile(name: str, description: bytes = b"test") -> bytes:
    """Display P3 or Adobe RGB."""
    curve = _SRGB_CURVE if name == "p3" else _ADOBE_CURVE
    tags = {b"wtpt": _xyz((0.9642, 1.0, 0.8249)), b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    tags[b"desc"] = b"desc\x00\x00\x00\x00" + struct.pack(">I", len(description) + 1) + description + bytes(79)
    tags |= dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(_xyz, _COLORANTS[name]), strict=True))
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def grey_profile(gamma: float) -> bytes:
    curve = b"curv\x00\x00\x00\x00" + struct.pack(">IH", 1, round(gamma * 256)) + b"\x00\x00"
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"wtpt": _xyz((0.9642, 1.0, 0.8249)), b"kTRC": curve})


def cmyk_profile() -> tuple[bytes, Callable[[int, int, int, int], tuple[float, float, float]]]:
    """A printer whose inks darken Lab in a made-up way, as a lookup table; and what its corners look like in sRGB."""
    corners = np.stack(np.meshgrid(*([np.array([0.0, 1.0])] * 4), indexing="ij"), axis=-1).reshape(-1, 4)
    labs = np.array([_lab(*corner) for corner in corners])
    scaled = np.stack((labs[:, 0] * 2.55, labs[:, 1] + 128, labs[:, 2] + 128), axis=1).round().astype(np.uint8)
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    ramps = bytes(range(256))
    table = b"mft1\x00\x00\x00\x00\x04\x03\x02\x00" + identity + ramps * 4 + scaled.tobytes() + ramps * 3

    def look_up(*ink: int) -> tuple[float, float, float]:
        return _lab_to_srgb(_lab(*(one / 255 for one in ink)))

    profile = _profile(
        b"prtr", b"CMYK", b"Lab ", {b"wtpt": _xyz((0.9642, 1.0, 0.8249)), b"A2B0": table, b"A2B1": table}
    )
    return profile, look_up


def _lab(cyan: float, magenta: float, yellow: float, black: float) -> tuple[float, float, float]:
    light = max(0.0, 100 - 25 * cyan - 30 * magenta - 5 * yellow) * (1 - black)
    strength = 1 - black
    return light, (-20 * cyan + 40 * magenta) * strength, (-25 * cyan + 55 * yellow - 5 * magenta) * strength


def _lab_to_srgb(lab: tuple[float, float, float]) -> tuple[float, float, float]:
    light, a, b = lab
    middle = (light + 16) / 116
    ratios = np.array([middle + a / 500, middle, middle - b / 200])
    xyz = np.where(ratios > 6 / 29, ratios**3, 3 * (6 / 29) ** 2 * (ratios - 4 / 29)) * (0.9642, 1.0, 0.8249)
    matrix = np.array(
        [[3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.0334540], [0.0719453, -0.2289914, 1.4052427]]
    )
    values = (matrix @ xyz).clip(0, 1)
    coded = np.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055) * 255
    return float(coded[0]), float(coded[1]), float(coded[2])
