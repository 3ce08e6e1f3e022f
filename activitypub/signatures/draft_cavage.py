"""HTTP signatures by draft-cavage-http-signatures-12, which nearly every server sends, made and verified."""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from activitypub.errors import SignatureInvalid, SignatureMalformed, SignatureUncovered
from activitypub.http_dates import format_http_date, read_http_date
from activitypub.keys import PrivateKey, PublicKey, load_public_key
from activitypub.signatures.digests import (
    decode_base64,
    make_digest,
    verify_content_digest,
    verify_digest,
)
from activitypub.signatures.freshness import require_recent, require_unexpired
from activitypub.signatures.request import Headers, HttpRequest, encode_base, find_also_covered
from activitypub.signatures.schemes import Scheme, is_valid

MAX_HEADER_LENGTH: Final = 16384

_PARAMETER: Final = re.compile(
    r'\s*([A-Za-z][A-Za-z0-9_-]*)\s*=\s*(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"|([^\s",]++))\s*(,|\Z)'
)
_ESCAPE: Final = re.compile(r"\\(.)")
_SECONDS: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
_INFERRED: Final = (Scheme.RSA_SHA256, Scheme.RSA_SHA512, Scheme.ED25519)
_SCHEMES: Final = {
    "": _INFERRED,
    "hs2019": _INFERRED,
    "rsa-sha256": (Scheme.RSA_SHA256,),
    "rsa-sha512": (Scheme.RSA_SHA512,),
    "ed25519": (Scheme.ED25519,),
}
_SIGNED_LABELS: Final = {"rsa": "rsa-sha256", "ed25519": "hs2019"}


@dataclass(frozen=True, slots=True)
class CavageSignature:
    """One `Signature` header, read but not verified. `algorithm` is "" where the sender left it out."""

    key_id: str
    algorithm: str
    covered: tuple[str, ...]
    value: bytes
    created: str | None
    expires: str | None


def read_cavage_signature(header: str) -> CavageSignature:
    """Read `keyId="…",algorithm="…",headers="…",signature="…"`; unknown parameters say nothing.

    Raises SignatureMalformed, for a parameter that comes twice too.
    """
    parameters = _read_parameters(header)
    key_id, value = parameters.get("keyId"), parameters.get("signature")
    if not key_id or not value:
        raise SignatureMalformed("the signature lacks keyId or signature")
    return CavageSignature(
        key_id=key_id,
        algorithm=parameters.get("algorithm", "").lower(),
        covered=tuple(parameters.get("headers", "(created)").lower().split()),
        value=decode_base64(value),
        created=_require_seconds(parameters.get("created")),
        expires=_require_seconds(parameters.get("expires")),
    )


def sign_draft_cavage(request: HttpRequest, key_id: str, private_key: PrivateKey, now: datetime) -> Headers:
    """The headers to add: Date, Digest (where there is a body) and Signature over these, the target and `host`.

    The request has none of them yet, and goes out with the `host` that it has. Ed25519 keys sign under the label
    `hs2019`. Raises SignatureMalformed where the request has no `host`.
    """
    host = request.value("host")
    if host is None:
        raise SignatureMalformed("a request is signed for a host")
    added = (("date", format_http_date(now)), *_make_digest_header(request))
    also = tuple((name, request.value(name)) for name in find_also_covered(request))
    covered = (("(request-target)", f"{request.method.lower()} {request.target}"), ("host", host), *also, *added)
    value = private_key.sign(encode_base(f"{name}: {text}" for name, text in covered))
    header = (
        f'keyId="{key_id}",algorithm="{_SIGNED_LABELS[private_key.algorithm]}",'
        f'headers="{" ".join(name for name, _ in covered)}",signature="{b64encode(value).decode()}"'
    )
    return (*added, ("signature", header))


def verify_draft_cavage(request: HttpRequest, signature: CavageSignature, key: PublicKey, now: datetime) -> None:
    """Raises a SignatureError unless the signature covers enough, is recent, and matches the body and the key."""
    _require_coverage(request, signature)
    _require_host(request)
    _require_fresh(request, signature, now)
    _require_digest(request, signature)
    _require_match(request, signature, key)


def build_cavage_base(request: HttpRequest, signature: CavageSignature) -> bytes:
    """The string that was signed. Raises SignatureMalformed where a covered part is not there."""
    return _build_base(request, signature.covered, request.target, signature)


def _read_parameters(header: str) -> dict[str, str]:
    text = header.strip().removeprefix("Signature ")  # older PeerTube puts Authorization's scheme in front
    if len(text) > MAX_HEADER_LENGTH:
        raise SignatureMalformed("the signature header is too long")
    parameters: dict[str, str] = {}
    for name, value in _split_parameters(text):
        if name in parameters:
            raise SignatureMalformed(f"the signature gives {name} more than once")
        parameters[name] = value
    return parameters


def _split_parameters(text: str) -> Iterator[tuple[str, str]]:
    position, comma = 0, ","
    while comma:
        match = _PARAMETER.match(text, position)
        if match is None:
            raise SignatureMalformed("the signature header cannot be read")
        name, quoted, bare, comma = match.groups()
        yield name, _ESCAPE.sub(r"\1", quoted) if bare is None else bare
        position = match.end()


def _require_seconds(text: str | None) -> str | None:
    if text is not None and not _SECONDS.fullmatch(text):
        raise SignatureMalformed("created and expires are seconds since 1970")
    return text


def _require_coverage(request: HttpRequest, signature: CavageSignature) -> None:
    covered = set(signature.covered)
    missing = {"(request-target)", "host"} - covered
    if covered.isdisjoint({"date", "(created)"}):
        missing.add("date")
    if request.needs_digest and covered.isdisjoint({"digest", "content-digest"}):
        missing.add("digest")
    if missing:
        raise SignatureUncovered(f"the signature does not cover {', '.join(sorted(missing))}")


def _require_host(request: HttpRequest) -> None:
    if not request.is_addressed_here:
        raise SignatureInvalid("the Host header does not name this server")


def _require_fresh(request: HttpRequest, signature: CavageSignature, now: datetime) -> None:
    if "(created)" in signature.covered:
        require_recent(float(_created(signature)), now)
    if "date" in signature.covered:
        require_recent(_date_of(request), now)
    require_unexpired(float(signature.expires) if signature.expires else None, now)


def _date_of(request: HttpRequest) -> float:
    moment = read_http_date(request.value("date") or "")
    if moment is None:
        raise SignatureMalformed("the Date header is not one date in GMT")
    return moment.timestamp()


def _require_digest(request: HttpRequest, signature: CavageSignature) -> None:
    for name, verify in (("digest", verify_digest), ("content-digest", verify_content_digest)):
        if name in signature.covered:
            verify(request.value(name) or "", request.content)


def _require_match(request: HttpRequest, signature: CavageSignature, key: PublicKey) -> None:
    schemes = _SCHEMES.get(signature.algorithm)
    if schemes is None:
        raise SignatureInvalid("the signature's algorithm is not supported")
    loaded = load_public_key(key.pem)
    for target in _targets(request):
        base = _build_base(request, signature.covered, target, signature)
        if is_valid(loaded, schemes, signature.value, base):
            return
    raise SignatureInvalid("the signature does not match the request and the key")


def _targets(request: HttpRequest) -> Iterator[str]:
    """The target as sent; for a GET also without its query, as Misskey, Friendica, Fedify and old Mastodons sign it."""
    yield request.target
    path, query, _ = request.target.partition("?")
    if query and not request.needs_digest:
        yield path


def _build_base(request: HttpRequest, covered: tuple[str, ...], target: str, signature: CavageSignature) -> bytes:
    return encode_base(f"{name}: {_value_of(request, name, target, signature)}" for name in covered)


def _value_of(request: HttpRequest, name: str, target: str, signature: CavageSignature) -> str:
    if name == "(request-target)":
        return f"{request.method.lower()} {target}"
    if name == "(created)":
        return _created(signature)
    if name == "(expires)":
        return _stated(signature, signature.expires)
    value = request.value(name)
    if value is None:
        raise SignatureMalformed("the signature covers a header that is not there")
    return value


def _created(signature: CavageSignature) -> str:
    return _stated(signature, signature.created)


def _stated(signature: CavageSignature, value: str | None) -> str:
    """(created) and (expires) go with `hs2019` alone (section 2.3), which Mastodon insists on."""
    if value is None or signature.algorithm.startswith(("rsa", "hmac", "ecdsa")):
        raise SignatureMalformed("(created) or (expires) is covered but not given, or not fit for the algorithm")
    return value


def _make_digest_header(request: HttpRequest) -> Headers:
    return (("digest", make_digest(request.content)),) if request.needs_digest else ()
