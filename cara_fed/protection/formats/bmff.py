"""AVIF and HEIC: boxes of the ISO base media format, walked for sizes, colour and embedded items."""

from collections.abc import Iterator
from dataclasses import dataclass

from cara_fed.protection.formats.base import Container, Embedded, Header, cut_off, damaged, require_parts, say_own_block
from cara_fed.protection.values import Format

_CONTAINERS = {b"meta": 4, b"iprp": 0, b"ipco": 0, b"moov": 0, b"trak": 0, b"mdia": 0, b"minf": 0, b"stbl": 0}
_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_MAX_DEPTH = 8
_MAX_BOXES = 20_000
_MAX_ITEMS = 10_000


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its kind, and ``data[start:end]`` is its content."""

    kind: bytes
    start: int
    end: int


def read_boxes(data: bytes) -> tuple[Box, ...]:
    """All boxes in file order, those within known containers included.

    Raises BrokenPicture where a top-level box reaches beyond the file, or boxes are absurdly many.
    """
    boxes: list[Box] = []
    for box in _walk(data, 0, len(data), 0):
        boxes.append(box)
        require_parts(len(boxes), _MAX_BOXES)
    return tuple(boxes)


def _walk(data: bytes, position: int, end: int, depth: int) -> Iterator[Box]:
    while position + 8 <= end:
        box, position = _read_box(data, position, end)
        yield box
        if box.kind in _CONTAINERS and depth < _MAX_DEPTH:
            yield from _walk(data, box.start + _CONTAINERS[box.kind], box.end, depth + 1)


def _read_box(data: bytes, position: int, end: int) -> tuple[Box, int]:
    size, start = int.from_bytes(data[position : position + 4], "big"), position + 8
    if size == 1:
        size, start = int.from_bytes(data[position + 8 : position + 16], "big"), position + 16
    box_end = end if size == 0 else position + size
    if box_end > end:
        raise cut_off()
    if box_end < start:
        raise damaged()
    return Box(data[position + 4 : position + 8], start, box_end), box_end


def read_header(data: bytes) -> Header:
    """The largest size any item or track states; samples of a sequence counted.

    Raises BrokenPicture where no size is stated.
    """
    boxes = read_boxes(data)
    sizes = [_pair(data, box.start + 4) for box in boxes if box.kind == b"ispe"]
    sizes += [_pair16(data, box.start + 24) for box in boxes if box.kind == b"stsd" and box.end - box.start >= 44]
    sizes = [size for size in sizes if size[0] and size[1]]
    if not sizes:
        raise cut_off()
    counts = [int.from_bytes(data[box.start + 8 : box.start + 12], "big") for box in boxes if box.kind == b"stsz"]
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return Header(width, height, max(1, *counts) if counts else 1)


def _pair(data: bytes, at: int) -> tuple[int, int]:
    return int.from_bytes(data[at : at + 4], "big"), int.from_bytes(data[at + 4 : at + 8], "big")


def _pair16(data: bytes, at: int) -> tuple[int, int]:
    # stsd: version and count (8), then a sample entry: head (8), reserved and reference (8), reserved (16), size.
    at += 16
    return int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")


def clean(data: bytes) -> bytes:
    """The file as it is: offsets point from box to box, and nothing but pixels is taken over by its decoder."""
    return data


def read_embedded(data: bytes) -> Embedded:
    """EXIF and XMP items, C2PA and the colour description."""
    boxes = read_boxes(data)
    items = tuple(read_items(data, boxes))
    c2pa = [data[box.start : box.end] for box in boxes if box.kind == b"uuid"]
    return Embedded(
        exif=next((_exif_body(content) for kind, content in items if kind == b"Exif"), b""),
        xmp=tuple(content for kind, content in items if kind == b"mime" and b"xmpmeta" in content[:4096]),
        # the box: its UUID (16), version and flags (4), purpose text, offset of a Merkle box (8), then JUMBF
        jumbf=b"".join(box[20:].partition(b"\x00")[2][8:] for box in c2pa if box.startswith(_C2PA)),
        parts=tuple(say_own_block("uuid") for box in c2pa if not box.startswith(_C2PA)),
        cicp=_read_cicp(data, boxes),
    )


def _exif_body(content: bytes) -> bytes:
    return content[4 + int.from_bytes(content[:4], "big") :].removeprefix(b"Exif\x00\x00")


def _read_cicp(data: bytes, boxes: tuple[Box, ...]) -> tuple[int, int] | None:
    for box in boxes:
        if box.kind == b"colr" and data[box.start : box.start + 4] == b"nclx" and box.end - box.start >= 8:
            at = box.start + 4
            return int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def read_items(data: bytes, boxes: tuple[Box, ...]) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of every metadata item (EXIF, and those of a media type)."""
    kinds = dict(_item_kinds(data, boxes))
    idat = next((box.start for box in boxes if box.kind == b"idat"), 0)
    for box in boxes:
        if box.kind == b"iloc":
            for number, extents in _Locations(data, box, idat).read():
                if kinds.get(number) in (b"Exif", b"mime"):
                    yield kinds[number], b"".join(data[start : start + size] for start, size in extents)


def _item_kinds(data: bytes, boxes: tuple[Box, ...]) -> Iterator[tuple[int, bytes]]:
    for outer in boxes:
        if outer.kind == b"iinf":
            width = 2 if data[outer.start] == 0 else 4
            for box in _walk(data, outer.start + 4 + width, outer.end, _MAX_DEPTH):
                number = 2 if data[box.start] == 2 else 4
                at = box.start + 4
                yield int.from_bytes(data[at : at + number], "big"), data[at + number + 2 : at + number + 6]


class _Locations:
    """Reads one iloc box: where each item's bytes stand in the file."""

    def __init__(self, data: bytes, box: Box, idat: int) -> None:
        self._data, self._at, self._end, self._idat = data, box.start, box.end, idat

    def _take(self, size: int) -> int:
        number = int.from_bytes(self._data[self._at : min(self._at + size, self._end)], "big")
        self._at += size
        return number

    def read(self) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Item numbers with their (start, size) extents."""
        version = self._take(1)
        self._take(3)
        sizes = self._take(2)
        offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
        index_size = sizes & 15 if version else 0
        for _item in range(min(self._take(4 if version == 2 else 2), _MAX_ITEMS)):
            number = self._take(4 if version == 2 else 2)
            method = self._take(2) & 15 if version else 0
            self._take(2)
            base = self._take(base_size) + (self._idat if method == 1 else 0)
            yield number, [self._extent(base, index_size, offset_size, length_size) for _ in range(self._extents())]

    def _extents(self) -> int:
        return min(self._take(2), 64)

    def _extent(self, base: int, index_size: int, offset_size: int, length_size: int) -> tuple[int, int]:
        self._take(index_size)
        return base + self._take(offset_size), self._take(length_size)


AVIF = Container(Format.AVIF, read_header, read_embedded, clean)
HEIC = Container(Format.HEIC, read_header, read_embedded, clean)
