"""PNG and APNG: chunks up to IEND, and what follows it."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cara_fed.protection.formats.base import (
    MAX_PROFILE,
    MAX_UNPACKED_TEXT,
    Container,
    Embedded,
    Header,
    cut_off,
    damaged,
    require_parts,
    say_own_block,
    say_rest,
    unpack,
)
from cara_fed.protection.values import Format
from cara_fed.words.speech import _

SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP_KEY = "XML:com.adobe.xmp"

_DECODING = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT", b"iCCP"))
KEPT_IN_RENDITIONS = _DECODING | {b"sRGB"}
_COLOUR = frozenset((b"gAMA", b"cHRM", b"sRGB", b"cICP", b"bKGD"))
_READ = _DECODING | _COLOUR | {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"caBX"}
_HARMLESS = frozenset((b"pHYs", b"sBIT", b"hIST", b"mDCV", b"cLLI"))
_TEXT = frozenset((b"tEXt", b"zTXt", b"iTXt"))
_MAX_ANCILLARY = 10_000
_MAX_SIDE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: ``data[start:end]`` with length, type, content and check sum."""

    kind: bytes
    start: int
    end: int

    def content(self, data: bytes) -> bytes:
        return data[self.start + 8 : self.end - 4]


def read_chunks(data: bytes) -> tuple[Chunk, ...]:
    """All chunks up to IEND, which must be there.

    Raises BrokenPicture where the file ends early, or has an absurd number of chunks.
    """
    chunks: list[Chunk] = []
    position = ancillary = 0
    while not chunks or chunks[-1].kind != b"IEND":
        position = chunks[-1].end if chunks else len(SIGNATURE)
        end = position + 12 + int.from_bytes(data[position : position + 4], "big")
        if end > len(data):
            raise cut_off()
        chunks.append(Chunk(data[position + 4 : position + 8], position, end))
        ancillary += chunks[-1].kind not in _DECODING
        require_parts(len(chunks))
        require_parts(ancillary, _MAX_ANCILLARY)
    return tuple(chunks)


def build_chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk's bytes with its check sum."""
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def build_text(key: str, text: bytes) -> bytes:
    """An uncompressed iTXt chunk; ``text`` is UTF-8."""
    return build_chunk(b"iTXt", key.encode("latin-1") + b"\x00\x00\x00\x00\x00" + text)


def read_header(data: bytes) -> Header:
    """Size from IHDR; the frames of an APNG are counted, not believed.

    Raises BrokenPicture for a missing or senseless IHDR.
    """
    chunks = read_chunks(data)
    content = chunks[0].content(data)
    if chunks[0].kind != b"IHDR" or len(content) != 13:
        raise damaged()
    width, height = int.from_bytes(content[:4], "big"), int.from_bytes(content[4:8], "big")
    if not 0 < width <= _MAX_SIDE or not 0 < height <= _MAX_SIDE:
        raise damaged()
    _require_sane_profile(data, chunks)
    return Header(width, height, max(1, _count_frames(chunks)))


def _count_frames(chunks: tuple[Chunk, ...]) -> int:
    is_animated = any(chunk.kind == b"acTL" for chunk in chunks)
    return sum(chunk.kind == b"fcTL" for chunk in chunks) if is_animated else 1


def _require_sane_profile(data: bytes, chunks: tuple[Chunk, ...]) -> None:
    for chunk in chunks:
        if chunk.kind == b"iCCP":
            unpack(chunk.content(data).partition(b"\x00")[2][1:], MAX_PROFILE)


def clean(data: bytes) -> bytes:
    """The same picture with its pixels, palette, transparency, frames and profile, and nothing else."""
    kept = (data[one.start : one.end] for one in read_chunks(data) if one.kind in _DECODING)
    return SIGNATURE + b"".join(kept)


def read_embedded(data: bytes) -> Embedded:
    """Texts, XMP, EXIF, C2PA, the colour description, and the names of everything else."""
    chunks = read_chunks(data)
    texts = tuple(_read_texts(data, chunks))
    return Embedded(
        exif=_first(data, chunks, b"eXIf").removeprefix(b"Exif\x00\x00"),
        xmp=tuple(text.encode() for key, text in texts if key == XMP_KEY),
        iptc=_raw_iptc(texts),
        jumbf=_first(data, chunks, b"caBX"),
        texts=tuple((key, text) for key, text in texts if key != XMP_KEY),
        parts=(*_other_parts(chunks), *_after_end(data, chunks)),
        cicp=_read_cicp(_first(data, chunks, b"cICP")),
        gamma=_read_gamma(data, chunks),
        chromaticities=_read_chromaticities(_first(data, chunks, b"cHRM")),
        background=_read_background(data, chunks),
    )


def _first(data: bytes, chunks: Iterable[Chunk], kind: bytes) -> bytes:
    return next((chunk.content(data) for chunk in chunks if chunk.kind == kind), b"")


def _read_texts(data: bytes, chunks: tuple[Chunk, ...]) -> Iterator[tuple[str, str]]:
    left = MAX_UNPACKED_TEXT
    for chunk in chunks:
        if chunk.kind in _TEXT:
            key, text = _read_text(chunk.kind, chunk.content(data), left)
            left -= len(text)
            yield key.decode("latin-1"), text.decode("utf-8", "replace")


def _read_text(kind: bytes, content: bytes, most: int) -> tuple[bytes, bytes]:
    key, _, rest = content.partition(b"\x00")
    if kind == b"zTXt":
        return key, unpack(rest[1:], most)
    if kind == b"iTXt":
        is_packed, text = rest[:1] == b"\x01", rest[2:].split(b"\x00", 2)[-1]
        return key, unpack(text, most) if is_packed else text
    return key, rest.decode("latin-1").encode()


def _raw_iptc(texts: tuple[tuple[str, str], ...]) -> bytes:
    # ImageMagick writes IPTC as hexadecimal text after a name and a length line.
    for key, text in texts:
        if key.startswith("Raw profile type iptc"):
            digits = "".join(text.split("\n")[3:])
            return bytes.fromhex(digits) if _is_hex(digits) else b""
    return b""


def _is_hex(digits: str) -> bool:
    return len(digits) % 2 == 0 and all(digit in "0123456789abcdefABCDEF" for digit in digits)


def _read_cicp(content: bytes) -> tuple[int, int] | None:
    return (content[0], content[1]) if len(content) == 4 else None


def _read_gamma(data: bytes, chunks: tuple[Chunk, ...]) -> float | None:
    content = _first(data, chunks, b"gAMA")
    if len(content) != 4 or any(chunk.kind == b"sRGB" for chunk in chunks):
        return None
    return int.from_bytes(content, "big") / 100_000


def _read_chromaticities(content: bytes) -> tuple[float, ...]:
    if len(content) != 32:
        return ()
    return tuple(int.from_bytes(content[at : at + 4], "big") / 100_000 for at in range(0, 32, 4))


def _read_background(data: bytes, chunks: tuple[Chunk, ...]) -> tuple[int, int, int] | None:
    content, header = _first(data, chunks, b"bKGD"), chunks[0].content(data)
    if len(content) == 1:
        entry = _first(data, chunks, b"PLTE")[3 * content[0] : 3 * content[0] + 3]
        return (entry[0], entry[1], entry[2]) if len(entry) == 3 else None
    shift = 8 if header[8] == 16 else 0
    values = [int.from_bytes(content[at : at + 2], "big") >> shift for at in range(0, len(content), 2)]
    if len(values) == 1 and header[8] >= 8:
        values *= 3
    return (values[0], values[1], values[2]) if len(values) == 3 and max(values) < 256 else None


def _other_parts(chunks: tuple[Chunk, ...]) -> Iterator[str]:
    for kind in sorted({chunk.kind for chunk in chunks} - _READ - _HARMLESS):
        if kind == b"tIME":
            yield _("the time of the last change")
        else:
            yield say_own_block(kind.decode("latin-1", "replace"))


def _after_end(data: bytes, chunks: tuple[Chunk, ...]) -> Iterator[str]:
    if chunks[-1].end < len(data):
        yield say_rest(len(data) - chunks[-1].end)


PNG = Container(Format.PNG, read_header, read_embedded, clean)
