"""Photoshop's image resource blocks, which carry IPTC in JPEG and TIFF, and thumbnails and history beside it."""

from collections.abc import Iterator

from cara_fed.protection.formats.base import require_parts
from cara_fed.words.speech import _, later

IPTC = 0x0404
IPTC_DIGEST = 0x0425
_NAMES = {0x0409: later("a Photoshop thumbnail"), 0x040C: later("a Photoshop thumbnail")}


def read_resources(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The IPTC datasets (empty where there are none) and the names of the other blocks."""
    iptc, names = b"", set()
    for number, content in _walk(data):
        if number == IPTC:
            iptc += content
        elif number != IPTC_DIGEST:
            names.add(_(_NAMES.get(number, later("Photoshop blocks"))))
    return iptc, tuple(sorted(names))


def _walk(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = count = 0
    while data[position : position + 4] == b"8BIM" and position + 12 <= len(data):
        number = int.from_bytes(data[position + 4 : position + 6], "big")
        name_length = data[position + 6] + 1
        start = position + 6 + name_length + name_length % 2
        size = int.from_bytes(data[start : start + 4], "big")
        yield number, data[start + 4 : start + 4 + size]
        position = start + 4 + size + size % 2
        count += 1
        require_parts(count, 10_000)


def build_resource(number: int, content: bytes) -> bytes:
    """One nameless resource block, padded to an even length."""
    head = b"8BIM" + number.to_bytes(2, "big") + b"\x00\x00" + len(content).to_bytes(4, "big")
    return head + content + b"\x00" * (len(content) % 2)
