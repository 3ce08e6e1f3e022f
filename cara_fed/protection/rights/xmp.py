"""The XMP packet: written from Rights, and read back as properties whatever way they were written."""

import re
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from cara_fed.protection.rights.text import clean_text
from cara_fed.protection.values import Rights

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PLUS = "http://ns.useplus.org/ldf/xmp/1.0/"
DC = "http://purl.org/dc/elements/1.1/"
RIGHTS = "http://ns.adobe.com/xap/1.0/rights/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
CREATIVE_COMMONS = "http://creativecommons.org/ns#"
IPTC_EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"

_NAMESPACES = {
    "dc": DC,
    "xmpRights": RIGHTS,
    "plus": PLUS,
    "photoshop": PHOTOSHOP,
    "cc": CREATIVE_COMMONS,
    "Iptc4xmpExt": IPTC_EXTENSION,
}
_MAX_TEXT = 2000  # characters; escaped sixfold in every property, the packet still fits one JPEG segment
_MAX_DEPTH = 64


def build_xmp(rights: Rights) -> bytes:
    """The packet in UTF-8, uncompressed; empty where there is nothing to state."""
    lines = [line for line in _properties(rights) if line]
    if not lines:
        return b""
    names = "\n".join(f'    xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    body = "\n".join(f"   {line}" for line in lines)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        f' <rdf:RDF xmlns:rdf="{RDF}">\n'
        f'  <rdf:Description rdf:about=""\n{names}>\n{body}\n  </rdf:Description>\n'
        " </rdf:RDF>\n</x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    ).encode()


def _properties(rights: Rights) -> list[str]:
    return [
        _list("dc:creator", rights.creator),
        _alternative("dc:rights", rights.copyright_notice),
        _text("xmpRights:Marked", "True" if rights.copyright_notice else ""),
        _text("xmpRights:WebStatement", rights.web_statement),
        _alternative("xmpRights:UsageTerms", rights.usage_terms),
        _text("photoshop:Credit", rights.credit),
        _resource("cc:license", rights.license),
        _text("plus:DataMining", rights.data_mining or ""),
        _alternative("plus:OtherConstraints", rights.other_constraints),
        _text("Iptc4xmpExt:DigitalSourceType", rights.digital_source_type),
    ]


def _text(name: str, value: str) -> str:
    text = escape(clean_text(value, _MAX_TEXT))
    return f"<{name}>{text}</{name}>" if text else ""


def _resource(name: str, value: str) -> str:
    return f"<{name} rdf:resource={quoteattr(clean_text(value, _MAX_TEXT))}/>" if value else ""


def _alternative(name: str, value: str) -> str:
    item = _text("rdf:li", value).replace("<rdf:li>", '<rdf:li xml:lang="x-default">', 1)
    return f"<{name}><rdf:Alt>{item}</rdf:Alt></{name}>" if item else ""


def _list(name: str, value: str) -> str:
    item = _text("rdf:li", value)
    return f"<{name}><rdf:Seq>{item}</rdf:Seq></{name}>" if item else ""


@dataclass(slots=True)
class _Reader:
    """Collects properties while expat walks the packet: elements, attributes and rdf:resource alike."""

    found: list[tuple[str, str]] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(name)
        self.text.clear()
        if len(self.path) > _MAX_DEPTH:
            raise ValueError("XMP nested too deeply")
        for key, value in attributes.items():
            self.found.append((name if key == f"{RDF}resource" else key, value))

    def end(self, name: str) -> None:
        text = "".join(self.text).strip()
        self.text.clear()
        self.path.pop()
        owner = next((one for one in reversed([*self.path, name]) if not one.startswith(RDF)), name)
        if text:
            self.found.append((owner, text))


def _refuse_declaration(*_: object) -> NoReturn:
    raise ValueError("XMP with a document type or entities")


def read_properties(packet: bytes) -> tuple[tuple[str, str], ...]:
    """Every property as (namespace + name, text), list items under their list's name, in file order.

    Of a packet that is no well-formed XML, or declares entities, what came before the fault.
    """
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator="")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text.append
    parser.StartDoctypeDeclHandler = _refuse_declaration
    parser.EntityDeclHandler = _refuse_declaration
    try:
        parser.Parse(_trim(packet), True)
    except (expat.ExpatError, ValueError, LookupError):
        return tuple(reader.found)
    return tuple(reader.found)


def _trim(packet: bytes) -> bytes:
    # Padding and NULs around the packet are usual; an XML declaration must come first.
    found = re.search(rb"<(?:\?xpacket|\?xml|x:x[am]pmeta|rdf:RDF)", packet)
    return packet[found.start() :].rstrip(b"\x00 \r\n\t") if found else packet


def find_data_mining(packet: bytes) -> str | None:
    """The plus:DataMining value of a packet, as it stands there."""
    return next((value for name, value in read_properties(packet) if name == f"{PLUS}DataMining"), None)
