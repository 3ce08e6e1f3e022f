"""Evidence files: signed by the instance, dated by a third party where one is configured; JSON, and a page."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from activitypub.canonical import canonicalize
from activitypub.documents import Json
from activitypub.keys import encode_multikey
from activitypub.proofs import add_proof
from cara_fed.errors import CaraFedError
from cara_fed.evidence.collecting import collect_evidence
from cara_fed.evidence.document import build_evidence
from cara_fed.evidence.timestamps import TimestampFailed, ask_for_timestamp
from cara_fed.services import Services
from cara_fed.translate.posts import PostRows
from templates import ROOT

TIMESTAMP: Final = "timestamp"
_EMBEDDED: Final = re.compile(r'<script type="application/json" id="evidence">(.*?)</script>', re.DOTALL)


class NoEvidence(CaraFedError):
    """The file holds no evidence of this kind."""


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """The signed document, under a name without its ending; ``warning`` says why it bears no timestamp."""

    name: str
    document: Json
    warning: str = ""

    @property
    def as_json(self) -> bytes:
        """For machines; its form does not matter to the signature, which is over the canonical one."""
        return json.dumps(self.document, ensure_ascii=False, indent=2).encode() + b"\n"

    @property
    def as_html(self) -> bytes:
        """For people: one page that needs nothing else, with the signed document inside."""
        # In JSON a "<" within a text may be written so, which keeps it from ending the script element.
        embedded = json.dumps(self.document, ensure_ascii=False).replace("<", "\\u003c")
        template = _environment().get_template("evidence_file.html")
        return template.render(evidence=self.document, embedded=embedded, warning=self.warning).encode()


async def make_evidence_file(services: Services, rows: PostRows) -> EvidenceFile:
    """Everything known about a post, signed with the instance's Ed25519 key, and dated where that is configured.

    A timestamp that fails is reported, and the file is made without one.
    """
    now = services.clock.now()
    key = await services.keyring.signing_key(None, "ed25519")
    evidence = await collect_evidence(services, rows)
    document = build_evidence(evidence, services.config, encode_multikey(key.private_key.public_pem), now)
    signed = add_proof(document, key.key_id, key.private_key, now)
    name = f"evidence-{rows.artist.name}-{rows.post.pk}-{now:%Y%m%dT%H%M%SZ}"
    if not services.config.evidence.timestamp_server:
        return EvidenceFile(name, signed)
    try:
        stamp = await ask_for_timestamp(services, canonicalize(signed))
    except TimestampFailed as failure:
        return EvidenceFile(name, signed, f"Without a timestamp: {failure}.")
    return EvidenceFile(name, {**signed, TIMESTAMP: stamp})


def read_evidence_file(content: bytes) -> Json:
    """The signed document of a file, JSON or HTML. Raises NoEvidence."""
    text = content.decode("utf-8-sig", errors="replace")
    embedded = _EMBEDDED.search(text)
    try:
        document: Any = json.loads(embedded[1] if embedded else text)
    except (ValueError, RecursionError) as error:
        raise NoEvidence("the file is neither evidence as JSON nor the page that holds it") from error
    if not isinstance(document, dict) or not isinstance(document.get("instance"), dict):
        raise NoEvidence("the file is not evidence that an instance of cara_fed has made")
    return document


def without_timestamp(document: Json) -> Json:
    """What was signed and dated."""
    return {key: value for key, value in document.items() if key != TIMESTAMP}


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
