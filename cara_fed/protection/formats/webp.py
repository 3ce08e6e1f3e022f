"""WebP: RIFF chunks, those within the frames of an animation included."""

from collections.abc import Iterator
from dataclasses import dataclass

from cara_fed.protection.formats.base import (
    Container,
    Embedded,
    Header,
    cut_off,
    damaged,
    require_parts,
    require_sane_profile,
    say_own_block,
    say_rest,
)
from cara_fed.protection.values import Format

ICC_FLAG, ALPHA_FLAG, EXIF_FLAG, XMP_FLAG, ANIMATION_FLAG = 0x20, 0x10, 0x08, 0x04, 0x02

_DECODING = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_FRAME_PARTS = frozenset((b"ALPH", b"VP8 ", b"VP8L"))
_FRAME_HEAD = 16


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk's four-letter name and content."""

    kind: bytes
    content: bytes


def read_chunks(data: bytes) -> tuple[Chunk, ...]:
    """The chunks of the RIFF file, trailing bytes left out.

    Raises BrokenPicture where the file is shorter than it says.
    """
    return tuple(_walk(data, 12, _end_of_file(data)))


def _end_of_file(data: bytes) -> int:
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data) + 1:  # some writers leave out the last padding byte
        raise cut_off()
    return min(end, len(data))


def _walk(data: bytes, position: int, end: int) -> Iterator[Chunk]:
    count = 0
    while position + 8 <= end:
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        if position + 8 + size > end:
            raise cut_off()
        yield Chunk(data[position : position + 4], data[position + 8 : position + 8 + size])
        position += 8 + size + size % 2
        count += 1
        require_parts(count)


def build_chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk's bytes, padded to an even length."""
    return kind + len(content).to_bytes(4, "little") + content + b"\x00" * (len(content) % 2)


def build_file(chunks: tuple[Chunk, ...]) -> bytes:
    """A whole WebP file from its chunks."""
    body = b"WEBP" + b"".join(build_chunk(chunk.kind, chunk.content) for chunk in chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def build_head(width: int, height: int, flags: int) -> Chunk:
    """The VP8X chunk of an extended file, size in pixels."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return Chunk(b"VP8X", bytes((flags, 0, 0, 0)) + size)


def read_header(data: bytes) -> Header:
    """Size from VP8X or from the only bitstream; frames counted.

    Raises BrokenPicture where neither is there, TooManyBytes for an absurd colour profile.
    """
    chunks = read_chunks(data)
    _require_sane_profile(chunks)
    frames = sum(chunk.kind == b"ANMF" for chunk in chunks)
    for chunk in chunks:
        size = read_size(chunk)
        if size:
            return Header(*size, frames=max(1, frames), pixels=max(map(_frame_pixels, chunks)))
    raise damaged()


def _require_sane_profile(chunks: tuple[Chunk, ...]) -> None:
    for chunk in chunks:
        if chunk.kind == b"ICCP":
            require_sane_profile(len(chunk.content))


def read_size(chunk: Chunk) -> tuple[int, int] | None:
    """Width and height that a VP8X, VP8 or VP8L chunk states; None for any other."""
    content = chunk.content
    if chunk.kind == b"VP8X" and len(content) >= 10:
        return 1 + int.from_bytes(content[4:7], "little"), 1 + int.from_bytes(content[7:10], "little")
    if chunk.kind == b"VP8 " and len(content) >= 10:
        return int.from_bytes(content[6:8], "little") & 0x3FFF, int.from_bytes(content[8:10], "little") & 0x3FFF
    if chunk.kind == b"VP8L" and len(content) >= 5:
        bits = int.from_bytes(content[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return None


def _frame_pixels(chunk: Chunk) -> int:
    if chunk.kind == b"ANMF" and len(chunk.content) >= _FRAME_HEAD:
        size = chunk.content[6:12]
        return (1 + int.from_bytes(size[:3], "little")) * (1 + int.from_bytes(size[3:], "little"))
    width, height = read_size(chunk) or (0, 0)
    return width * height


def clean(data: bytes) -> bytes:
    """The same picture with its pixels, frames and profile, and nothing else."""
    return build_file(tuple(_without_metadata(one) for one in read_chunks(data) if one.kind in _DECODING))


def _without_metadata(chunk: Chunk) -> Chunk:
    if chunk.kind == b"VP8X":
        return Chunk(chunk.kind, bytes((chunk.content[0] & ~(EXIF_FLAG | XMP_FLAG),)) + chunk.content[1:])
    if chunk.kind == b"ANMF":
        parts = _walk(chunk.content, _FRAME_HEAD, len(chunk.content))
        kept = (build_chunk(part.kind, part.content) for part in parts if part.kind in _FRAME_PARTS)
        return Chunk(chunk.kind, chunk.content[:_FRAME_HEAD] + b"".join(kept))
    return chunk


def read_embedded(data: bytes) -> Embedded:
    """EXIF, XMP, C2PA and the names of everything else."""
    chunks = read_chunks(data)
    return Embedded(
        exif=_first(chunks, b"EXIF").removeprefix(b"Exif\x00\x00"),
        xmp=tuple(chunk.content for chunk in chunks if chunk.kind == b"XMP "),
        jumbf=_first(chunks, b"C2PA"),
        parts=(*_other_parts(chunks), *_after_end(data)),
    )


def _first(chunks: tuple[Chunk, ...], kind: bytes) -> bytes:
    return next((chunk.content for chunk in chunks if chunk.kind == kind), b"")


def _other_parts(chunks: tuple[Chunk, ...]) -> Iterator[str]:
    for kind in sorted({chunk.kind for chunk in chunks} - _DECODING - {b"EXIF", b"XMP ", b"C2PA"}):
        yield say_own_block(kind.decode("latin-1"))


def _after_end(data: bytes) -> Iterator[str]:
    if _end_of_file(data) < len(data):
        yield say_rest(len(data) - _end_of_file(data))


WEBP = Container(Format.WEBP, read_header, read_embedded, clean)
