"""IPTC-IIM: by-line, credit and copyright notice for readers that know no XMP, and a bounded reader."""

import hashlib
from collections.abc import Iterator

from cara_fed.protection.formats.base import require_parts
from cara_fed.protection.formats.photoshop import IPTC, IPTC_DIGEST, build_resource
from cara_fed.protection.rights.text import cut_bytes, one_line
from cara_fed.protection.values import Rights

BY_LINE, CREDIT, COPYRIGHT_NOTICE = (2, 80), (2, 110), (2, 116)
_UTF8 = b"\x1c\x01\x5a\x00\x03\x1b%G"  # dataset 1:90: what follows is UTF-8
_VERSION = b"\x1c\x02\x00\x00\x02\x00\x04"
_LENGTHS = {BY_LINE: 32, CREDIT: 32, COPYRIGHT_NOTICE: 128}  # bytes, by the standard; XMP holds the whole text


def build_resources(rights: Rights) -> bytes:
    """Photoshop image resources with the datasets and their digest; empty where there is nothing to state."""
    values = {BY_LINE: rights.creator, CREDIT: rights.credit, COPYRIGHT_NOTICE: rights.copyright_notice}
    datasets = b"".join(_build_dataset(number, value) for number, value in values.items())
    if not datasets:
        return b""
    content = _UTF8 + _VERSION + datasets
    # Readers compare this digest to tell whether IPTC was changed behind XMP's back.
    digest = hashlib.md5(content, usedforsecurity=False).digest()
    return build_resource(IPTC, content) + build_resource(IPTC_DIGEST, digest)


def _build_dataset(number: tuple[int, int], value: str) -> bytes:
    text = cut_bytes(one_line(value, 2000), _LENGTHS[number])
    return b"\x1c" + bytes(number) + len(text).to_bytes(2, "big") + text if text else b""


def read_datasets(data: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """Record and number with the text of each dataset; stops at the first that makes no sense."""
    position = count = 0
    while data[position : position + 1] == b"\x1c" and position + 5 <= len(data):
        size = int.from_bytes(data[position + 3 : position + 5], "big")
        if size >= 0x8000:
            return
        text = data[position + 5 : position + 5 + size].decode("utf-8", "replace")
        yield (data[position + 1], data[position + 2]), text
        position += 5 + size
        count += 1
        require_parts(count, 10_000)
