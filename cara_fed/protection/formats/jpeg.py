"""JPEG: marker segments up to the end of the image, and what follows it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cara_fed.protection.errors import BrokenPicture
from cara_fed.protection.formats.base import (
    Container,
    Embedded,
    Header,
    cut_off,
    damaged,
    require_parts,
    say_own_block,
    say_rest,
)
from cara_fed.protection.formats.photoshop import read_resources
from cara_fed.protection.values import Format
from cara_fed.words.speech import _

SOI = b"\xff\xd8"
EOI = b"\xff\xd9"
SOS, DHT, DQT, DRI, DAC, COM = 0xDA, 0xC4, 0xDB, 0xDD, 0xCC, 0xFE
APP0, APP1, APP2, APP11, APP13, APP14 = 0xE0, 0xE1, 0xE2, 0xEB, 0xED, 0xEE
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
EXIF = b"Exif\x00\x00"
XMP = b"http://ns.adobe.com/xap/1.0/\x00"
XMP_EXTENSION = b"http://ns.adobe.com/xmp/extension/\x00"
PHOTOSHOP = b"Photoshop 3.0\x00"
ICC = b"ICC_PROFILE\x00"

_DECODING = FRAMES | {SOS, DHT, DQT, DRI, DAC}
_MAX_SEGMENTS = 20_000
_MAX_SCANS = 200  # a progressive picture has about ten; each scan costs a pass over all pixels
_NEXT_MARKER = re.compile(b"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: ``data[start:end]``, its marker and two length bytes included; a scan includes its coded data."""

    marker: int
    start: int
    end: int
    payload: bytes


def read_segments(data: bytes) -> tuple[Segment, ...]:
    """All segments after SOI up to EOI, EOI included where it is there.

    Raises BrokenPicture where a segment reaches beyond the file or their number is absurd.
    """
    segments: list[Segment] = []
    for segment in _walk(data):
        segments.append(segment)
        require_parts(len(segments), _MAX_SEGMENTS)
    return tuple(segments)


def _walk(data: bytes) -> Iterator[Segment]:
    position = 2
    while found := _NEXT_MARKER.search(data, position):
        start, marker = found.end() - 2, data[found.end() - 1]
        if marker == EOI[1]:
            yield Segment(marker, start, start + 2, b"")
            return
        segment = _read_segment(data, start, marker)
        yield segment
        position = segment.end


def _read_segment(data: bytes, start: int, marker: int) -> Segment:
    if marker in (0x01, SOI[1]):
        return Segment(marker, start, start + 2, b"")
    length = int.from_bytes(data[start + 2 : start + 4], "big")
    end = start + 2 + length
    if length < 2 or end > len(data):
        raise cut_off()
    payload = data[start + 4 : end]
    if marker == SOS:
        following = _NEXT_MARKER.search(data, end)
        end = following.start() if following else len(data)
    return Segment(marker, start, end, payload)


def build_segment(marker: int, payload: bytes) -> bytes:
    """A segment's bytes; the payload may have 65,533 bytes at most."""
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload


def read_header(data: bytes) -> Header:
    """Size from the frame header; a camera's second pictures are not counted as frames.

    Raises BrokenPicture where there is no usable frame header, or an absurd number of scans.
    """
    segments = read_segments(data)
    sizes = [_frame_size(segment.payload) for segment in segments if segment.marker in FRAMES]
    if not sizes:
        raise cut_off()
    if sum(segment.marker == SOS for segment in segments) > _MAX_SCANS:
        raise BrokenPicture(_("The picture file has too many scans; export it anew as a plain JPEG."))
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return Header(width, height)


def _frame_size(payload: bytes) -> tuple[int, int]:
    if len(payload) < 6:
        raise cut_off()
    height, width = int.from_bytes(payload[1:3], "big"), int.from_bytes(payload[3:5], "big")
    if not width or not height:
        raise damaged()
    return width, height


def clean(data: bytes) -> bytes:
    """The same picture without comments, metadata, second pictures and trailers; no coded data is touched."""
    kept = [data[one.start : one.end] for one in read_segments(data) if _is_for_decoding(one)]
    return SOI + b"".join(kept)


def _is_for_decoding(segment: Segment) -> bool:
    if segment.marker in _DECODING or segment.marker == EOI[1]:
        return True
    if segment.marker == APP14:  # says whether the channels are YCCK, CMYK or RGB
        return segment.payload.startswith(b"Adobe")
    if segment.marker == APP0:
        return segment.payload.startswith(b"JFIF\x00")
    return segment.marker == APP2 and segment.payload.startswith(ICC)


def read_embedded(data: bytes) -> Embedded:
    """EXIF, XMP (with its extension), IPTC, C2PA, comments and the names of everything else."""
    segments = read_segments(data)
    iptc, resources = read_resources(_joined(segments, APP13, PHOTOSHOP))
    return Embedded(
        exif=next(iter(_payloads(segments, APP1, EXIF)), b""),
        xmp=_read_xmp(segments),
        iptc=iptc,
        jumbf=_read_jumbf(segments),
        comments=tuple(one.payload.decode("utf-8", "replace") for one in segments if one.marker == COM),
        parts=(*resources, *_other_parts(segments), *_after_end(data, segments)),
    )


def _payloads(segments: tuple[Segment, ...], marker: int, prefix: bytes) -> list[bytes]:
    return [one.payload[len(prefix) :] for one in segments if one.marker == marker and one.payload.startswith(prefix)]


def _joined(segments: tuple[Segment, ...], marker: int, prefix: bytes) -> bytes:
    return b"".join(_payloads(segments, marker, prefix))


def _read_xmp(segments: tuple[Segment, ...]) -> tuple[bytes, ...]:
    # An extension portion is led by a 32 byte digest, the full length and its offset.
    extension = b"".join(portion[40:] for portion in _payloads(segments, APP1, XMP_EXTENSION))
    return tuple(packet for packet in (*_payloads(segments, APP1, XMP), extension) if packet)


def _read_jumbf(segments: tuple[Segment, ...]) -> bytes:
    # Each portion: box instance (2), packet number from 1 (4); later packets repeat the box header (8).
    portions = sorted(_payloads(segments, APP11, b"JP"), key=lambda portion: portion[:6])
    return b"".join(one[6:] if one[2:6] == b"\x00\x00\x00\x01" else one[14:] for one in portions)


def _other_parts(segments: tuple[Segment, ...]) -> Iterator[str]:
    if _payloads(segments, APP2, b"MPF\x00"):
        yield _("a directory of further pictures (MPF)")
    known = (b"JFIF\x00", b"JFXX\x00", b"Adobe", EXIF, XMP, XMP_EXTENSION, PHOTOSHOP, ICC, b"MPF\x00", b"JP")
    for segment in segments:
        if APP0 <= segment.marker <= 0xEF and not segment.payload.startswith(known):
            yield say_own_block(f"APP{segment.marker - APP0}")
    if _payloads(segments, APP0, b"JFXX\x00"):
        yield _("an embedded thumbnail")


def _after_end(data: bytes, segments: tuple[Segment, ...]) -> Iterator[str]:
    if segments and segments[-1].marker == EOI[1] and segments[-1].end < len(data):
        yield say_rest(len(data) - segments[-1].end)


JPEG = Container(Format.JPEG, read_header, read_embedded, clean)
