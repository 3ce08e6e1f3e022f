"""C2PA manifests: what their claims and actions declare, in the picture's own manifest and in its ingredients'.

Read, not validated: a declaration is taken at its word whether or not its signature holds.
"""

import re
from collections.abc import Iterator

from cara_fed.protection.formats.base import require_parts
from cara_fed.protection.provenance.names import GENERATORS, SOURCE_TYPES, shorten
from cara_fed.protection.values import Finding

_MAX_DEPTH = 16
_AGENT = re.compile(rb"(?:softwareAgent|claim_generator(?:_info)?)(.{1,160})", re.DOTALL)


def find_in_manifests(jumbf: bytes) -> Iterator[Finding]:
    """Findings of tier A, one for each source type, agent and signer that means a generator."""
    for label, content in _read_contents(jumbf, 0):
        if label.startswith("c2pa.signature"):
            yield from _find_name("c2pa-signer", content.decode("latin-1"))
            continue
        for key in re.finditer(b"digitalSourceType", content):
            if value := SOURCE_TYPES.search(_text_at(content, key.end())):
                yield Finding("A", f"c2pa-source-type:{value[1]}", shorten(f"{label}: {value[1]}"))
        for found in _AGENT.finditer(content):
            yield from _find_name("c2pa-agent", found[1].decode("utf-8", "replace"))


def _text_at(content: bytes, at: int) -> str:
    """The text value behind a key, in CBOR (whose head tells the length) or JSON."""
    head = content[at] if at < len(content) else 0
    if 0x60 <= head <= 0x77:
        start, size = at + 1, head - 0x60
    elif head in (0x78, 0x79):
        start = at + 1 + head - 0x77
        size = int.from_bytes(content[at + 1 : start], "big")
    else:
        value = re.match(rb'"\s*:\s*"([^"]{0,300})', content[at : at + 320])
        return value[1].decode("utf-8", "replace") if value else ""
    return content[start : start + size].decode("utf-8", "replace")


def _find_name(marker: str, text: str) -> Iterator[Finding]:
    if name := GENERATORS.search(text):
        yield Finding("A", marker, shorten(name[0]))


def _read_contents(data: bytes, depth: int, label: str = "") -> Iterator[tuple[str, bytes]]:
    """The content boxes within JUMBF superboxes, each with the label of its superbox."""
    for count, (kind, content) in enumerate(_walk(data)):
        require_parts(count, 10_000)
        if kind == b"jumd":
            label = content[17:].split(b"\x00")[0].decode("utf-8", "replace")
        elif kind == b"jumb" and depth < _MAX_DEPTH:
            yield from _read_contents(content, depth + 1)
        else:
            yield label, content


def _walk(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        end = len(data) if size == 0 else position + size
        if size and size < 8:
            return
        yield data[position + 4 : position + 8], data[position + 8 : end]
        position = end
