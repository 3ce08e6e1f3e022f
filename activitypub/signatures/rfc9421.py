"""HTTP message signatures (RFC 9421), made and verified."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from activitypub.errors import SignatureInvalid, SignatureMalformed, SignatureUncovered
from activitypub.keys import PrivateKey, PublicKey, load_public_key
from activitypub.signatures.challenges import Challenge
from activitypub.signatures.components import component_value
from activitypub.signatures.digests import make_content_digest, verify_content_digest
from activitypub.signatures.freshness import require_recent, require_unexpired
from activitypub.signatures.request import Headers, HttpRequest, encode_base, find_also_covered
from activitypub.signatures.schemes import Scheme, is_valid
from activitypub.signatures.structured_fields import (
    InnerList,
    Item,
    Member,
    Parameters,
    parse_dictionary,
    serialize_string,
)

LABEL: Final = "sig1"
EXPIRES_AFTER: Final = 3600
"""Seconds that a signature is good for, where the other side wants to be told."""

_SCHEMES: Final = {
    None: (Scheme.RSA_SHA256, Scheme.RSA_PSS_SHA512, Scheme.ED25519),
    "rsa-v1_5-sha256": (Scheme.RSA_SHA256,),
    "rsa-pss-sha512": (Scheme.RSA_PSS_SHA512,),
    "ed25519": (Scheme.ED25519,),
}
_SIGNED_ALGORITHMS: Final = {"rsa": "rsa-v1_5-sha256", "ed25519": "ed25519"}
_BARE_VALUE = TypeVar("_BARE_VALUE", int, str)


@dataclass(frozen=True, slots=True)
class MessageSignature:
    """One labelled signature, read but not verified; `created` and `expires` are seconds since 1970.

    `input` is the `Signature-Input` member as sent, parameters that nobody here knows included: it is signed too.
    `key_id` is "" where the sender names no key. `tag` says what the signature is for (`web-bot-auth`: not federation).
    """

    label: str
    key_id: str
    algorithm: str | None
    covered: tuple[Item, ...]
    input: str
    value: bytes
    created: int | None
    expires: int | None
    nonce: str | None
    tag: str | None


def read_message_signatures(request: HttpRequest) -> tuple[MessageSignature, ...]:
    """Every signature that `Signature-Input` and `Signature` give, in order. Raises SignatureMalformed."""
    inputs = parse_dictionary(request.value("signature-input") or "")
    values = parse_dictionary(request.value("signature") or "")
    if not inputs:
        raise SignatureMalformed("Signature-Input is empty")
    return tuple(_read_signature(label, member, values.get(label)) for label, member in inputs.items())


def sign_rfc9421(
    request: HttpRequest, key_id: str, private_key: PrivateKey, now: datetime, challenge: Challenge | None = None
) -> Headers:
    """The headers to add: Content-Digest (where there is a body), Signature-Input and Signature.

    Covered are what Mastodon asks for, `@method`, `@target-uri` and `content-digest`, and what a challenge asks for
    besides. Raises SignatureMalformed where the request has no `url`, or a challenge cannot be met.
    """
    challenge = challenge or Challenge(LABEL, ())
    _require_fitting(challenge, key_id, private_key)
    added = _make_digest_header(request)
    request = request.with_headers(added)
    usual = ("@method", "@target-uri", *find_also_covered(request), *(name for name, _ in added))
    covered = _choose_covered(challenge, usual)
    stated = f"({' '.join(item.text for item in covered)}){_state(challenge, key_id, private_key, now)}"
    value = private_key.sign(_build_base(request, covered, stated))
    signature = f"{challenge.label}=:{b64encode(value).decode()}:"
    return (*added, ("signature-input", f"{challenge.label}={stated}"), ("signature", signature))


def verify_rfc9421(request: HttpRequest, signature: MessageSignature, key: PublicKey, now: datetime) -> None:
    """Raises a SignatureError unless the signature covers enough, is recent, and matches the body and the key."""
    _require_coverage(request, signature)
    _require_fresh(signature, now)
    if any(item.text == '"content-digest"' for item in signature.covered):
        verify_content_digest(request.value("content-digest") or "", request.content)
    _require_match(request, signature, key)


def build_message_base(request: HttpRequest, signature: MessageSignature) -> bytes:
    """The string that was signed (section 2.5). Raises SignatureMalformed where a covered part is not there."""
    return _build_base(request, signature.covered, signature.input)


def _read_signature(label: str, member: Member, value: Member | None) -> MessageSignature:
    if not isinstance(member, InnerList) or not isinstance(value, Item) or not isinstance(value.value, bytes):
        raise SignatureMalformed("a signature lacks its components or its value")
    parameters = member.parameters
    return MessageSignature(
        label=label,
        key_id=_parameter(parameters, "keyid", str) or "",
        algorithm=_parameter(parameters, "alg", str),
        covered=_require_components(member.items),
        input=member.text,
        value=value.value,
        created=_parameter(parameters, "created", int),
        expires=_parameter(parameters, "expires", int),
        nonce=_parameter(parameters, "nonce", str),
        tag=_parameter(parameters, "tag", str),
    )


def _parameter(parameters: Parameters, name: str, kind: type[_BARE_VALUE]) -> _BARE_VALUE | None:
    value = parameters.get(name)
    if value is None:
        return None
    if type(value) is not kind:
        raise SignatureMalformed(f"the signature's {name} is of another type")
    return value


def _require_components(items: tuple[Item, ...]) -> tuple[Item, ...]:
    texts = {item.text for item in items}
    if len(texts) != len(items):
        raise SignatureMalformed("a component is covered twice")
    if any(type(item.value) is not str or item.value != item.value.lower() for item in items):
        raise SignatureMalformed("a covered component is not a lower-case string")
    return items


def _require_coverage(request: HttpRequest, signature: MessageSignature) -> None:
    covered = {item.text for item in signature.covered}
    missing = {'"@method"'} - covered
    if not _covers_target(request, covered):
        missing.add('"@target-uri"')
    if request.needs_digest and '"content-digest"' not in covered:
        missing.add('"content-digest"')
    if missing:
        raise SignatureUncovered(f"the signature does not cover {', '.join(sorted(missing))}")


def _covers_target(request: HttpRequest, covered: set[str]) -> bool:
    """Either the whole address at once, or the authority with path and query."""
    if '"@target-uri"' in covered:
        return True
    has_query = "?" in request.target
    parts = {'"@path"', '"@query"'} if has_query else {'"@path"'}
    return '"@authority"' in covered and ('"@request-target"' in covered or parts <= covered)


def _require_fresh(signature: MessageSignature, now: datetime) -> None:
    if signature.created is None:
        raise SignatureUncovered("the signature does not say when it was created")
    require_recent(signature.created, now)
    require_unexpired(signature.expires, now)


def _require_match(request: HttpRequest, signature: MessageSignature, key: PublicKey) -> None:
    schemes = _SCHEMES.get(signature.algorithm)
    if schemes is None:
        raise SignatureInvalid("the signature's algorithm is not supported")
    if not request.is_addressed_here:
        raise SignatureInvalid("the Host header does not name this server")
    if not is_valid(load_public_key(key.pem), schemes, signature.value, build_message_base(request, signature)):
        raise SignatureInvalid("the signature does not match the request and the key")


def _build_base(request: HttpRequest, covered: tuple[Item, ...], stated: str) -> bytes:
    return encode_base([*_component_lines(request, covered), f'"@signature-params": {stated}'])


def _component_lines(request: HttpRequest, covered: tuple[Item, ...]) -> Iterator[str]:
    return (f"{item.text}: {component_value(request, item)}" for item in covered)


def _require_fitting(challenge: Challenge, key_id: str, private_key: PrivateKey) -> None:
    is_other_key = challenge.key_id not in ("", key_id)
    if is_other_key or challenge.algorithm not in ("", _SIGNED_ALGORITHMS[private_key.algorithm]):
        raise SignatureMalformed("the challenge asks for another key")


def _choose_covered(challenge: Challenge, names: Iterable[str]) -> tuple[Item, ...]:
    asked = {item.text for item in challenge.covered}
    return (*challenge.covered, *(item for item in map(_plain, names) if item.text not in asked))


def _state(challenge: Challenge, key_id: str, private_key: PrivateKey, now: datetime) -> str:
    created = int(now.timestamp())
    stated = {
        "created": str(created),
        "expires": str(created + EXPIRES_AFTER) if challenge.expires else "",
        "keyid": serialize_string(key_id),
        "alg": serialize_string(_SIGNED_ALGORITHMS[private_key.algorithm]),
        "nonce": serialize_string(challenge.nonce) if challenge.nonce else "",
        "tag": serialize_string(challenge.tag) if challenge.tag else "",
    }
    return "".join(f";{name}={value}" for name, value in stated.items() if value)


def _plain(name: str) -> Item:
    return Item(name, {}, f'"{name}"')


def _make_digest_header(request: HttpRequest) -> Headers:
    return (("content-digest", make_content_digest(request.content)),) if request.needs_digest else ()
