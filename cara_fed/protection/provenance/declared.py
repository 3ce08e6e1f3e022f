"""What XMP and IPTC declare: digital source type, AI properties, a generator's credit line, China's AIGC label."""

import json
import re
from collections.abc import Iterator

from cara_fed.protection.provenance.names import GENERATORS, SOURCE_TYPES, shorten
from cara_fed.protection.rights.iptc import CREDIT, read_datasets
from cara_fed.protection.rights.xmp import read_properties
from cara_fed.protection.values import Finding

_AI_PROPERTIES = ("AISystemUsed", "AISystemVersionUsed", "AIPromptInformation", "AIPromptWriterName")
_NO = frozenset(("", "no", "none", "n/a", "false"))
_RAW_SOURCE_TYPE = re.compile(rb"DigitalSourceType.{0,200}?digitalsourcetype/([A-Za-z]+)", re.DOTALL)


def find_in_xmp(packet: bytes) -> Iterator[Finding]:
    """Findings of both tiers in one XMP packet, well-formed or not."""
    properties = read_properties(packet)
    for name, value in properties:
        yield from _find_in_property(name, value)
    if not properties and (raw := _RAW_SOURCE_TYPE.search(packet)):
        yield from _find_source_type(raw[1].decode())


def _find_in_property(name: str, value: str) -> Iterator[Finding]:
    if name.endswith("DigitalSourceType"):
        yield from _find_source_type(value)
    elif name.endswith(_AI_PROPERTIES) and value.strip().lower() not in _NO:
        yield Finding("A", "iptc-ai-property", shorten(f"{_local(name)}: {value}"))
    elif name.endswith("AIGC"):
        yield from find_in_aigc(value)
    elif name.endswith("photoshop/1.0/Credit"):
        yield from _find_credit(value)
    elif name.endswith(("CreatorTool", "UserComment", "softwareAgent")) and (found := GENERATORS.search(value)):
        yield Finding("B", "xmp-software", shorten(f"{_local(name)}: {found[0]}"))
    elif name.endswith("UserComment") and '"sampler"' in value:
        yield Finding("B", "draw-things", shorten(value))


def _local(name: str) -> str:
    return re.split(r"[/#]", name)[-1]


def _find_source_type(value: str) -> Iterator[Finding]:
    if found := SOURCE_TYPES.search(value):
        yield Finding("A", f"iptc-source-type:{found[1]}", shorten(value))


def _find_credit(value: str) -> Iterator[Finding]:
    if GENERATORS.search(value):
        yield Finding("A", "credit-line", shorten(value))


def find_in_iptc(datasets: bytes) -> Iterator[Finding]:
    """A generator's credit line in IPTC-IIM."""
    for number, text in read_datasets(datasets):
        if number == CREDIT:
            yield from _find_credit(text)


def find_in_aigc(text: str) -> Iterator[Finding]:
    """The label of GB 45438: 1 generated, 2 possibly, 3 suspected."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    label = value.get("AIGC", value) if isinstance(value, dict) else None
    if isinstance(label, dict) and str(label.get("Label", "")) in ("1", "2", "3"):
        yield Finding("A", "aigc-label", shorten(f"Label {label['Label']} {label.get('ContentProducer', '')}"))
