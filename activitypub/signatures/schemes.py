"""How signature bytes are checked against a key: the few schemes that servers use."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA512, HashAlgorithm

from activitypub.keys import LoadedPublicKey


class Scheme(StrEnum):
    """The names are those of RFC 9421; `RSA_SHA512` has none there, and is draft-cavage's alone."""

    RSA_SHA256 = "rsa-v1_5-sha256"
    RSA_SHA512 = "rsa-v1_5-sha512"
    RSA_PSS_SHA512 = "rsa-pss-sha512"
    ED25519 = "ed25519"


_RSA: Final[dict[Scheme, tuple[AsymmetricPadding, HashAlgorithm]]] = {
    Scheme.RSA_SHA256: (PKCS1v15(), SHA256()),
    Scheme.RSA_SHA512: (PKCS1v15(), SHA512()),
    Scheme.RSA_PSS_SHA512: (PSS(MGF1(SHA512()), 64), SHA512()),
}


def is_valid(key: LoadedPublicKey, schemes: Iterable[Scheme], signature: bytes, message: bytes) -> bool:
    """Whether the signature is the key's over the message, by any of the schemes that fit the key."""
    return any(_fits(key, scheme) and _matches(key, scheme, signature, message) for scheme in schemes)


def _fits(key: LoadedPublicKey, scheme: Scheme) -> bool:
    return isinstance(key, Ed25519PublicKey) == (scheme is Scheme.ED25519)


def _matches(key: LoadedPublicKey, scheme: Scheme, signature: bytes, message: bytes) -> bool:
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, message, *_RSA[scheme])
        else:
            key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
