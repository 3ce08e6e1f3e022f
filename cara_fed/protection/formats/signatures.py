"""What a file is, by its first bytes; its name and the declared media type are never asked."""

from cara_fed.protection.values import Format
from cara_fed.words.speech import later

_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"))
_PREFIXES = {
    b"\xff\xd8\xff": Format.JPEG,
    b"\x89PNG\r\n\x1a\n": Format.PNG,
    b"GIF87a": Format.GIF,
    b"GIF89a": Format.GIF,
    b"II*\x00": Format.TIFF,
    b"MM\x00*": Format.TIFF,
    b"II+\x00": Format.TIFF,
    b"MM\x00+": Format.TIFF,
}
_OTHERS = {
    b"8BPS": later("a Photoshop document"),
    b"%PDF": later("a PDF document"),
    b"BM": later("a Windows bitmap"),
    b"<svg": later("an SVG drawing"),
    b"<?xml": later("an SVG or other XML document"),
    b"\xff\x0a": later("a JPEG XL picture"),
    b"\x00\x00\x00\x0cJXL ": later("a JPEG XL picture"),
    b"\x00\x00\x00\x0cjP  ": later("a JPEG 2000 picture"),
    b"PK\x03\x04": later("an archive or a painting program's document"),
    b"gimp xcf": later("a GIMP document"),
    b"SAI-CANVAS": later("a PaintTool SAI document"),
    b"CSFCHUNK": later("a Clip Studio document"),
    b"\x1aE\xdf\xa3": later("a film"),
    b"IIU\x00": later("a camera's raw file"),
    b"FUJIFILMCCD-RAW": later("a camera's raw file"),
}


def find_format(data: bytes) -> Format | None:
    """The format, or None where it is none that is read here."""
    for prefix, picture_format in _PREFIXES.items():
        if data.startswith(prefix):
            return picture_format
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Format.WEBP
    return _format_of_brands(data) if data[4:8] == b"ftyp" else None


def _format_of_brands(data: bytes) -> Format | None:
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
    if brands & _AVIF_BRANDS:
        return Format.AVIF
    return Format.HEIC if brands & _HEIC_BRANDS else None


def name_other(data: bytes) -> str:
    """What a refused file seems to be, in plain words; empty where that is unknown."""
    if data[4:8] == b"ftyp":
        return later("a film")
    return next((name for prefix, name in _OTHERS.items() if data.startswith(prefix)), "")
