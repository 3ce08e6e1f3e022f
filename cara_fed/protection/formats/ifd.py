"""TIFF directories (IFDs), as they stand in TIFF files and in EXIF: read within bounds, and written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 2, 3, 4, 5, 7
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_WHOLE = frozenset((1, 3, 4, 13, 16, 18))
_POINTERS = frozenset((0x8769, 0x8825, 0xA005))
_MAX_ENTRIES = 4096
_MAX_DIRECTORIES = 1000

ByteOrder = Literal["little", "big"]
Value = str | int | bytes | Fraction


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag's type and where its bytes stand; not copied, since many entries may claim the same megabytes."""

    kind: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory's entries by tag; a tag stated twice keeps its first value."""

    data: bytes
    order: ByteOrder
    entries: Mapping[int, Entry]

    def raw(self, tag: int) -> bytes:
        """A tag's bytes; empty where it is absent."""
        entry = self.entries.get(tag)
        return self.data[entry.start : entry.end] if entry else b""

    def number(self, tag: int) -> int | None:
        """The first whole number of a tag; None where it is absent or of another type."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind not in _WHOLE or entry.start == entry.end:
            return None
        return int.from_bytes(self.data[entry.start : entry.start + _SIZES[entry.kind]], self.order)

    def fraction(self, tag: int) -> Fraction | None:
        """The first unsigned rational of a tag; None where it is absent or has no denominator."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind != RATIONAL or entry.end - entry.start < 8:
            return None
        above, below = (int.from_bytes(self.data[at : at + 4], self.order) for at in (entry.start, entry.start + 4))
        return Fraction(above, below) if below else None

    def text(self, tag: int) -> str:
        """A text tag up to its NUL."""
        return self.raw(tag).split(b"\x00")[0].decode("utf-8", "replace").strip()


@dataclass(frozen=True, slots=True)
class Layout:
    """Byte order and field widths: classic TIFF or BigTIFF."""

    order: ByteOrder
    count_size: int
    offset_size: int
    first: int


def read_layout(data: bytes) -> Layout | None:
    """How a TIFF structure is laid out; None where it is none."""
    order: ByteOrder = "little" if data[:2] == b"II" else "big"
    version = int.from_bytes(data[2:4], order)
    if data[:2] not in (b"II", b"MM") or len(data) < 8:
        return None
    if version == 43:
        return Layout(order, 8, 8, int.from_bytes(data[8:16], order))
    return Layout(order, 2, 4, int.from_bytes(data[4:8], order))


def read_chain(data: bytes) -> tuple[Directory, ...]:
    """The directories from the first one on; a loop or nonsense ends the chain."""
    layout = read_layout(data)
    return tuple(_walk(data, layout)) if layout else ()


def _walk(data: bytes, layout: Layout) -> Iterator[Directory]:
    seen: set[int] = set()
    offset = layout.first
    while offset and offset not in seen and len(seen) < _MAX_DIRECTORIES:
        seen.add(offset)
        directory, offset = _read_directory(data, offset, layout)
        if directory.entries:
            yield directory


def read_at(data: bytes, offset: int | None) -> Directory:
    """The directory at an offset, as an EXIF or GPS pointer gives it; empty where there is none."""
    layout = read_layout(data)
    if layout is None or not offset:
        return Directory(b"", "little", {})
    return _read_directory(data, offset, layout)[0]


def _read_directory(data: bytes, offset: int, layout: Layout) -> tuple[Directory, int]:
    order, entry_size = layout.order, 4 + 2 * layout.offset_size
    start = offset + layout.count_size
    count = int.from_bytes(data[offset:start], order)
    if count > _MAX_ENTRIES:
        return Directory(data, order, {}), 0
    entries: dict[int, Entry] = {}
    for at in range(start, min(start + count * entry_size, len(data) - entry_size + 1), entry_size):
        entries.setdefault(int.from_bytes(data[at : at + 2], order), _read_entry(data, at, layout))
    end = start + count * entry_size
    return Directory(data, order, entries), int.from_bytes(data[end : end + layout.offset_size], order)


def _read_entry(data: bytes, at: int, layout: Layout) -> Entry:
    kind = int.from_bytes(data[at + 2 : at + 4], layout.order)
    value_at = at + 4 + layout.offset_size
    count = int.from_bytes(data[at + 4 : value_at], layout.order)
    size = count * _SIZES.get(kind, 0)
    if size > layout.offset_size:
        value_at = int.from_bytes(data[value_at : value_at + layout.offset_size], layout.order)
    return Entry(kind, value_at, min(value_at + size, len(data)))


def build_directory(values: Mapping[int, Value], offset: int) -> bytes:
    """A little-endian directory that stands at ``offset``, its longer values right behind it.

    Text becomes UTF-8 with a NUL, bytes UNDEFINED, a number SHORT or LONG, a fraction RATIONAL.
    """
    spill_at = offset + 2 + 12 * len(values) + 4
    head, spill = len(values).to_bytes(2, "little"), b""
    for tag, value in sorted(values.items()):
        kind, count, raw = _encode(value, tag in _POINTERS)
        head += tag.to_bytes(2, "little") + kind.to_bytes(2, "little") + count.to_bytes(4, "little")
        if len(raw) <= 4:
            head += raw.ljust(4, b"\x00")
        else:
            head += (spill_at + len(spill)).to_bytes(4, "little")
            spill += raw + b"\x00" * (len(raw) % 2)
    return head + b"\x00\x00\x00\x00" + spill


def _encode(value: Value, is_pointer: bool) -> tuple[int, int, bytes]:
    if isinstance(value, str):
        raw = value.encode() + b"\x00"
        return ASCII, len(raw), raw
    if isinstance(value, bytes):
        return UNDEFINED, len(value), value
    if isinstance(value, Fraction):
        return RATIONAL, 1, value.numerator.to_bytes(4, "little") + value.denominator.to_bytes(4, "little")
    if value < 65536 and not is_pointer:
        return SHORT, 1, value.to_bytes(2, "little")
    return LONG, 1, value.to_bytes(4, "little")
