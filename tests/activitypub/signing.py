"""Keys and requests that the signature tests share, made once."""

from datetime import UTC, datetime
from functools import cache

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from activitypub.keys import Algorithm, PrivateKey, PublicKey, generate_ed25519, generate_rsa
from activitypub.signatures import HttpRequest

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ACTOR = "https://gallery.example/users/theo"
KEY_ID = f"{ACTOR}#main-key"
INBOX = "https://studio.example/inbox?kind=shared,%20all"
BODY = b'{"type":"Follow"}'


def private_key(algorithm: Algorithm, number: int = 0) -> PrivateKey:
    return _make_key(algorithm, number)


@cache
def _make_key(algorithm: Algorithm, number: int) -> PrivateKey:
    return generate_rsa() if algorithm == "rsa" else generate_ed25519()


def public_key(algorithm: Algorithm, number: int = 0) -> PublicKey:
    return PublicKey(KEY_ID, ACTOR, algorithm, private_key(algorithm, number).public_pem)


def post(body: bytes = BODY) -> HttpRequest:
    return HttpRequest.to("POST", INBOX, [("Content-Type", "application/activity+json")], body)


def get() -> HttpRequest:
    return HttpRequest.to("GET", f"{ACTOR}?page=1", [("Accept", "application/activity+json")])


def rsa_sign(message: bytes, *, sha512: bool = False) -> bytes:
    """What another program's RSA signature is: made without our own signing code."""
    return _loaded_rsa().sign(message, PKCS1v15(), SHA512() if sha512 else SHA256())


@cache
def _loaded_rsa() -> RSAPrivateKey:
    key = load_pem_private_key(private_key("rsa").private_pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return key
