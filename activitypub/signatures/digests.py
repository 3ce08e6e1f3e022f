"""Digests of bodies: `Digest` (RFC 3230) and `Content-Digest` (RFC 9530), made and checked."""

import binascii
import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from activitypub.errors import DigestMismatch, SignatureMalformed
from activitypub.signatures.structured_fields import Item, parse_dictionary

_HASHES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "sha-256": lambda body: hashlib.sha256(body).digest(),
    "sha-512": lambda body: hashlib.sha512(body).digest(),
}


def make_digest(body: bytes) -> str:
    """`SHA-256=…`: what every draft-cavage peer reads."""
    return f"SHA-256={_hash_text(body)}"


def make_content_digest(body: bytes) -> str:
    """`sha-256=:…:`."""
    return f"sha-256=:{_hash_text(body)}:"


def verify_digest(header: str, body: bytes) -> None:
    """Raises DigestMismatch unless `Digest` names SHA-256 or SHA-512, and all that it names of these are the body's."""
    _verify(_read_digest(header), body)


def verify_content_digest(header: str, body: bytes) -> None:
    """The same for `Content-Digest`. Raises SignatureMalformed where it is no dictionary of byte sequences."""
    _verify(_read_content_digest(header), body)


def decode_base64(text: str) -> bytes:
    """Base64 with or without its padding. Raises SignatureMalformed."""
    bare = text.strip().rstrip("=")
    try:
        return b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureMalformed("not base64") from error


def _read_digest(header: str) -> Iterator[tuple[str, bytes]]:
    for member in header.split(","):
        name, _, value = member.strip().partition("=")
        if name.lower() in _HASHES:
            yield name.lower(), decode_base64(value)


def _read_content_digest(header: str) -> Iterator[tuple[str, bytes]]:
    for name, member in parse_dictionary(header).items():
        if name not in _HASHES:
            continue
        if not isinstance(member, Item) or not isinstance(member.value, bytes):
            raise SignatureMalformed("Content-Digest has a member that is not a byte sequence")
        yield name, member.value


def _verify(digests: Iterable[tuple[str, bytes]], body: bytes) -> None:
    known = list(digests)
    if not known:
        raise DigestMismatch("the digest is neither SHA-256 nor SHA-512")
    if any(_HASHES[name](body) != value for name, value in known):
        raise DigestMismatch("the body is not the one that the digest was made of")


def _hash_text(body: bytes) -> str:
    return b64encode(hashlib.sha256(body).digest()).decode()
