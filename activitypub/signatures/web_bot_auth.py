"""Web Bot Auth (draft-ietf-webbotauth-httpsig-protocol): agents that sign their visits, and where their keys are.

A `Signature-Agent` is a claim until its signature verified with a key of the directory at that very origin.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from activitypub.documents import Json
from activitypub.errors import IdUnacceptable, SignatureInvalid, SignatureMalformed, SignatureUncovered
from activitypub.keys import load_public_key
from activitypub.origins import origin_of
from activitypub.signatures.freshness import require_recent, require_unexpired
from activitypub.signatures.request import HttpRequest
from activitypub.signatures.rfc9421 import MessageSignature, build_message_base, read_message_signatures
from activitypub.signatures.schemes import Scheme, is_valid
from activitypub.signatures.structured_fields import Item, parse_dictionary

TAG: Final = "web-bot-auth"
DIRECTORY_PATH: Final = "/.well-known/http-message-signatures-directory"
MAX_CLAIMS: Final = 2
MAX_KEYS: Final = 32
MAX_LIFETIME_SECONDS: Final = 86_400
ED25519_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class WebBotClaim:
    """Who a visitor says it is: the origin (`https://agent.example`) with its keys; the signature to be verified."""

    origin: str
    netloc: str
    signature: MessageSignature


def is_claimed(request: HttpRequest) -> bool:
    """Whether it is worth reading claims at all: a look at one header."""
    return TAG in (request.value("signature-input") or "")


def read_claims(request: HttpRequest) -> tuple[WebBotClaim, ...]:
    """The claims of a request, two at most; nothing is verified. Whatever cannot be read is no claim."""
    if not is_claimed(request):
        return ()
    try:
        signatures = [each for each in read_message_signatures(request) if each.tag == TAG]
        return tuple(_read_claims(request, signatures[:MAX_CLAIMS]))
    except SignatureMalformed:
        return ()


def read_directory(document: Json) -> dict[str, str]:
    """The Ed25519 keys of a directory (a JWK set) as PEM, by their thumbprints (RFC 7638); others are left out."""
    keys = document.get("keys")
    found: dict[str, str] = {}
    for key in keys[:MAX_KEYS] if isinstance(keys, list) else ():
        raw = _read_key(key)
        if raw is not None:
            found[_thumbprint(raw)] = _pem(raw)
    return found


def verify_claim(request: HttpRequest, claim: WebBotClaim, pem: str, now: datetime) -> None:
    """Raises a SignatureError unless the key's holder asks this server, now, as the agent that it claims to be."""
    signature = claim.signature
    covered = {str(item.value) for item in signature.covered}
    if not covered & {"@authority", "@target-uri"} or "signature-agent" not in covered:
        raise SignatureUncovered("the signature does not cover this server's name and its own agent")
    if signature.created is None or signature.expires is None:
        raise SignatureUncovered("the signature does not say from when and until when it holds")
    if signature.expires - signature.created > MAX_LIFETIME_SECONDS:
        raise SignatureUncovered("the signature would hold for more than a day")
    require_recent(signature.created, now)
    require_unexpired(signature.expires, now)
    if signature.algorithm not in (None, "ed25519"):
        raise SignatureInvalid("the signature's algorithm is not supported")
    if not is_valid(load_public_key(pem), (Scheme.ED25519,), signature.value, build_message_base(request, signature)):
        raise SignatureInvalid("the signature does not match the request and the key")


def _read_claims(request: HttpRequest, signatures: list[MessageSignature]) -> Iterator[WebBotClaim]:
    for signature in signatures:
        try:
            origin = origin_of(_read_agent(request, signature))
        except IdUnacceptable:
            continue
        yield WebBotClaim(f"{origin.scheme}://{origin.netloc}", origin.netloc, signature)


def _read_agent(request: HttpRequest, signature: MessageSignature) -> str:
    """The member that the signature covers; older agents send one bare string. Raises SignatureMalformed."""
    stated = request.value("signature-agent") or ""
    if stated.startswith('"'):
        return stated.strip('"')
    members = parse_dictionary(stated)
    covered = next((item for item in signature.covered if item.value == "signature-agent"), None)
    label = covered.parameters.get("key", signature.label) if covered else signature.label
    member = members.get(str(label))
    return member.value if isinstance(member, Item) and isinstance(member.value, str) else ""


def _read_key(key: Any) -> bytes | None:
    if not isinstance(key, dict) or key.get("kty") != "OKP" or key.get("crv") != "Ed25519":
        return None
    stated = key.get("x")
    if not isinstance(stated, str) or len(stated) > ED25519_BYTES * 2:
        return None
    try:
        raw = urlsafe_b64decode(stated + "=" * (-len(stated) % 4))
    except ValueError:
        return None
    return raw if len(raw) == ED25519_BYTES else None


def _thumbprint(raw: bytes) -> str:
    members = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}
    return _base64url(sha256(json.dumps(members, separators=(",", ":")).encode()).digest())


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _pem(raw: bytes) -> str:
    key = Ed25519PublicKey.from_public_bytes(raw)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
