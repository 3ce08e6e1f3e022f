"""Signing keys: made, loaded once, read from actors (`publicKey`, FEP-521a `assertionMethod`), written as Multikey."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from activitypub.documents import Json, as_list, id_of
from activitypub.errors import KeyUnusable
from activitypub.multibase import decode_multibase, encode_multibase

Algorithm = Literal["rsa", "ed25519"]
LoadedPrivateKey = RSAPrivateKey | Ed25519PrivateKey
LoadedPublicKey = RSAPublicKey | Ed25519PublicKey

MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 8192
MAX_RSA_EXPONENT: Final = 2**32
MAX_PEM_LENGTH: Final = 8192
MAX_KEYS: Final = 16
"""How many keys of one actor are looked at."""

_PEM: Final = re.compile(r"-----BEGIN (RSA )?PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END (?:RSA )?PUBLIC KEY-----")
_ED25519_PREFIX: Final = b"\xed\x01"
_RSA_PREFIX: Final = b"\x85\x24"
_RSA_PADDING: Final = PKCS1v15()
_RSA_HASH: Final = SHA256()


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key of ours, PEM both ways (PKCS #8, SubjectPublicKeyInfo). The private part never shows in `repr`."""

    algorithm: Algorithm
    private_pem: str = field(repr=False)
    public_pem: str

    def sign(self, message: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 with SHA-256, or Ed25519."""
        key = _load_private_key(self.private_pem)
        if isinstance(key, RSAPrivateKey):
            return key.sign(message, _RSA_PADDING, _RSA_HASH)
        return key.sign(message)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A remote actor's key. `owner` is only what the document says: the caller checks whom it may speak for."""

    key_id: str
    owner: str
    algorithm: Algorithm
    pem: str


def generate_rsa() -> PrivateKey:
    """A new RSA-2048 key: what every server can verify."""
    return _wrap(generate_private_key(public_exponent=65537, key_size=2048), "rsa")


def generate_ed25519() -> PrivateKey:
    """A new Ed25519 key."""
    return _wrap(Ed25519PrivateKey.generate(), "ed25519")


@lru_cache(maxsize=2048)
def load_public_key(pem: str) -> LoadedPublicKey:
    """The key of a PEM text. Raises KeyUnusable unless it is RSA of 2,048 to 8,192 bits, or Ed25519."""
    try:
        return _require_usable(load_pem_public_key(pem.encode()))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusable("the public key cannot be read") from error


def read_keys(document: Json) -> tuple[PublicKey, ...]:
    """Every usable key of an actor, or of a document that is itself a key; keys that cannot be used are left out."""
    keys: list[PublicKey] = []
    for candidate in _candidates(document):
        try:
            keys.append(_read_candidate(candidate, document))
        except KeyUnusable:
            continue
    return tuple(keys)


def read_key(document: Json, key_id: str) -> PublicKey:
    """The key with that id. Raises KeyUnusable, saying why.

    Some relays name the actor instead of its key: then the actor's first key is meant, and comes under its own id.
    """
    candidates = list(_candidates(document))
    named = [candidate for candidate in candidates if candidate.get("id") == key_id]
    if not named and document.get("id") == key_id:
        named = candidates
    if not named:
        raise KeyUnusable("the document does not contain the key that the signature names")
    return _read_candidate(named[0], document)


def encode_multikey(public_pem: str) -> str:
    """A key as `publicKeyMultibase` (FEP-521a): Ed25519 (`z6Mk…`), or RSA in PKCS #1. Raises KeyUnusable."""
    key = load_public_key(public_pem)
    if isinstance(key, Ed25519PublicKey):
        return encode_multibase(_ED25519_PREFIX + key.public_bytes_raw())
    return encode_multibase(_RSA_PREFIX + key.public_bytes(Encoding.DER, PublicFormat.PKCS1))


def decode_multikey(text: str) -> str:
    """The PEM of a `publicKeyMultibase`: Ed25519, or RSA (PKCS #1). Raises KeyUnusable."""
    try:
        data = decode_multibase(text)
        return _public_pem(_require_usable(_load_multicodec(data[:2], data[2:])))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusable("the Multikey cannot be read") from error


def normal_pem(text: str) -> str:
    """The PEM of a key as sent: with CR, literal `\\n` or odd spaces, PKCS #1 too. Raises KeyUnusable."""
    match = _PEM.search(text.replace("\\r", "").replace("\\n", "\n")) if len(text) <= MAX_PEM_LENGTH else None
    if match is None:
        raise KeyUnusable("the public key is not PEM")
    kind = match[1] or ""
    body = "\n".join(_chunks("".join(match[2].split())))
    return _public_pem(load_public_key(f"-----BEGIN {kind}PUBLIC KEY-----\n{body}\n-----END {kind}PUBLIC KEY-----\n"))


@lru_cache(maxsize=1024)
def _load_private_key(pem: str) -> LoadedPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusable("the private key cannot be read") from error
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise KeyUnusable("the private key is neither RSA nor Ed25519")
    return key


def _candidates(document: Json) -> Iterator[Json]:
    """Objects that may be keys; a bare id names a key that is not here."""
    if "publicKeyPem" in document or "publicKeyMultibase" in document:
        yield document
    named = [*as_list(document.get("publicKey")), *as_list(document.get("assertionMethod"))]
    yield from (candidate for candidate in named[:MAX_KEYS] if isinstance(candidate, dict))


def _read_candidate(candidate: Json, document: Json) -> PublicKey:
    key_id = candidate.get("id")
    if not isinstance(key_id, str):
        raise KeyUnusable("the key has no id")
    pem = _read_pem(candidate)
    algorithm: Algorithm = "rsa" if isinstance(load_public_key(pem), RSAPublicKey) else "ed25519"
    return PublicKey(key_id, _read_owner(candidate, document), algorithm, pem)


def _read_pem(candidate: Json) -> str:
    pem, multibase = candidate.get("publicKeyPem"), candidate.get("publicKeyMultibase")
    if isinstance(pem, str):
        return normal_pem(pem)
    if isinstance(multibase, str):
        return decode_multikey(multibase)
    raise KeyUnusable("the key has neither publicKeyPem nor publicKeyMultibase")


def _read_owner(candidate: Json, document: Json) -> str:
    """Who the key says it belongs to; where it says nothing, the actor around it."""
    stated = id_of(candidate.get("owner")) or id_of(candidate.get("controller"))
    if stated is not None:
        return stated
    return "" if candidate is document else id_of(document) or ""


def _load_multicodec(prefix: bytes, data: bytes) -> object:
    if prefix == _ED25519_PREFIX:
        return Ed25519PublicKey.from_public_bytes(data)
    if prefix == _RSA_PREFIX:
        return load_der_public_key(data)
    raise KeyUnusable("the Multikey is neither Ed25519 nor RSA")


def _require_usable(key: object) -> LoadedPublicKey:
    if isinstance(key, Ed25519PublicKey):
        return key
    if not isinstance(key, RSAPublicKey):
        raise KeyUnusable("the public key is neither RSA nor Ed25519")
    if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        raise KeyUnusable(f"the RSA key has {key.key_size} bits, not {MIN_RSA_BITS} to {MAX_RSA_BITS}")
    if not 3 <= (exponent := key.public_numbers().e) <= MAX_RSA_EXPONENT or exponent % 2 == 0:
        raise KeyUnusable("the RSA key's exponent cannot be")
    return key


def _wrap(key: LoadedPrivateKey, algorithm: Algorithm) -> PrivateKey:
    private_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return PrivateKey(algorithm, private_pem, _public_pem(key.public_key()))


def _public_pem(key: LoadedPublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _chunks(text: str) -> Iterator[str]:
    return (text[start : start + 64] for start in range(0, len(text), 64))
