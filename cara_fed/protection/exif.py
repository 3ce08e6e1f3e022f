"""EXIF: what it says about the camera, the way up, and the people behind it; and the small EXIF that we write."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from cara_fed.protection.formats.ifd import Directory, Value, build_directory, read_at, read_chain
from cara_fed.words.speech import _, later

MAKE, MODEL, ORIENTATION, SOFTWARE, ARTIST, COPYRIGHT = 0x010F, 0x0110, 0x0112, 0x0131, 0x013B, 0x8298
DESCRIPTION, EXIF_POINTER, GPS_POINTER, INTEROP_POINTER = 0x010E, 0x8769, 0x8825, 0xA005
USER_COMMENT, MAKER_NOTE, INTEROP_INDEX = 0x9286, 0x927C, 0x0001

# What an artist may choose to keep: the make of camera and lens and the settings; no date, place, serial or person.
_CAMERA_TEXTS = {"make": (False, MAKE), "model": (False, MODEL), "software": (False, SOFTWARE), "lens": (True, 0xA434)}
_CAMERA_NUMBERS = {"iso": 0x8827, "focal_length_35mm": 0xA405}
_CAMERA_FRACTIONS = {"exposure_time": 0x829A, "f_number": 0x829D, "focal_length": 0x920A}

CAMERA_WORDS = {
    "make": later("make"),
    "model": later("model"),
    "software": later("software"),
    "lens": later("lens"),
    "iso": later("ISO"),
    "focal_length_35mm": later("focal length on 35 mm"),
    "exposure_time": later("exposure time"),
    "f_number": later("f-number"),
    "focal_length": later("focal length"),
}
"""What these are called, for the artist."""

_HEAD = b"II*\x00\x08\x00\x00\x00"
# EXIF asks for these beside anything else: resolution (which means nothing here), version, channels, sRGB.
_REQUIRED: dict[int, Value] = {0x011A: Fraction(72), 0x011B: Fraction(72), 0x0128: 2, 0x0213: 1}
_REQUIRED_DETAIL: dict[int, Value] = {0x9000: b"0232", 0x9101: b"\x01\x02\x03\x00", 0xA000: b"0100", 0xA001: 1}

_PRIVATE = {
    0xA431: later("the camera's serial number"),
    0xA435: later("the lens's serial number"),
    0xA430: later("the camera owner's name"),
    0xA420: later("the picture's unique number"),
    MAKER_NOTE: later("the camera maker's notes"),
    USER_COMMENT: later("a comment in the camera data"),
    0x9003: later("the time it was taken"),
    0x9C9D: later("an author's name"),
    0x9C9C: later("a comment in the camera data"),
    0x013C: later("the name of the computer"),
}


@dataclass(frozen=True, slots=True)
class Exif:
    """The directories of one EXIF block that are looked at; empty ones where it is absent or damaged."""

    main: Directory
    detail: Directory
    gps: Directory
    has_thumbnail: bool


def read_exif(data: bytes) -> Exif:
    """Reads a TIFF structure, be it an EXIF block or a whole TIFF file. Damage gives less, never an error."""
    chain = read_chain(data)
    main = chain[0] if chain else read_at(b"", None)
    detail = read_at(data, main.number(EXIF_POINTER))
    return Exif(main, detail, read_at(data, main.number(GPS_POINTER)), any(0x0201 in one.entries for one in chain[1:]))


def read_orientation(data: bytes) -> int:
    """The way up, 1 to 8 as EXIF counts them; 1 where nothing sensible is said."""
    orientation = read_exif(data).main.number(ORIENTATION) or 1
    return orientation if 1 <= orientation <= 8 else 1


def is_adobe_rgb(data: bytes) -> bool:
    """Whether a camera says, in the DCF way and without a profile, that its colours are Adobe RGB."""
    interop = read_at(data, read_exif(data).detail.number(INTEROP_POINTER))
    return interop.text(INTEROP_INDEX) == "R03"


def list_private(data: bytes) -> Iterator[str]:
    """What the block gives away, in plain words."""
    exif = read_exif(data)
    if exif.gps.entries:
        yield _("where it was taken (GPS)")
    for tag, words in _PRIVATE.items():
        if tag in exif.detail.entries or tag in exif.main.entries:
            yield _(words)
    if ARTIST in exif.main.entries or COPYRIGHT in exif.main.entries:
        yield _("names in the camera data")
    if MAKE in exif.main.entries or MODEL in exif.main.entries:
        yield _("the make of the camera")
    if exif.has_thumbnail:
        yield _("an embedded thumbnail")


def read_texts(data: bytes) -> Iterator[tuple[str, str]]:
    """The texts in which generators leave their traces, by name."""
    exif = read_exif(data)
    named = {"Make": MAKE, "Model": MODEL, "Software": SOFTWARE, "ImageDescription": DESCRIPTION, "Artist": ARTIST}
    for name, tag in named.items():
        if tag in exif.main.entries:
            yield name, exif.main.text(tag)
    comment = exif.detail.raw(USER_COMMENT)[:65536]
    if comment:
        yield "UserComment", _read_comment(comment, exif.detail.order)


def _read_comment(raw: bytes, order: str) -> str:
    if raw.startswith(b"UNICODE\x00"):
        # Writers disagree on the byte order; the first letter is nearly always Latin, and shows it.
        is_big = raw[8:9] == b"\x00" or (order == "big" and raw[9:10] != b"\x00")
        return raw[8:].decode("utf-16-be" if is_big else "utf-16-le", "replace")
    has_head = raw[:5] == b"ASCII" or raw[:8] == bytes(8)
    return raw[8 if has_head else 0 :].decode("utf-8", "replace")


def read_camera_facts(data: bytes) -> dict[str, Value]:
    """Camera, lens, software and exposure, as short texts and numbers."""
    exif = read_exif(data)
    facts: dict[str, Value] = {}
    for name, (in_detail, tag) in _CAMERA_TEXTS.items():
        text = "".join(one for one in (exif.detail if in_detail else exif.main).text(tag)[:64] if one.isprintable())
        if text:
            facts[name] = text
    for name, tag in _CAMERA_NUMBERS.items():
        if number := exif.detail.number(tag):
            facts[name] = min(number, 2**32 - 1)
    for name, tag in _CAMERA_FRACTIONS.items():
        if fraction := exif.detail.fraction(tag):
            facts[name] = fraction
    return facts


def build_exif(artist: str, copyright_notice: str, camera: Mapping[str, Value]) -> bytes:
    """A small EXIF block (a TIFF structure) with the rights and any camera facts; empty if there is nothing."""
    if not (artist or copyright_notice or camera):
        return b""
    main: dict[int, Value] = dict(_REQUIRED)
    main |= {ARTIST: artist} if artist else {}
    main |= {COPYRIGHT: copyright_notice} if copyright_notice else {}
    main |= {tag: camera[name] for name, (in_detail, tag) in _CAMERA_TEXTS.items() if name in camera and not in_detail}
    detail = _camera_detail(camera)
    if not detail:
        return _HEAD + build_directory(main, len(_HEAD))
    end = len(_HEAD) + len(build_directory(main | {EXIF_POINTER: 0}, len(_HEAD)))
    main[EXIF_POINTER] = end
    return _HEAD + build_directory(main, len(_HEAD)) + build_directory(detail | _REQUIRED_DETAIL, end)


def _camera_detail(camera: Mapping[str, Value]) -> dict[int, Value]:
    named = {**_CAMERA_NUMBERS, **_CAMERA_FRACTIONS, "lens": _CAMERA_TEXTS["lens"][1]}
    return {tag: camera[name] for name, tag in named.items() if name in camera}
