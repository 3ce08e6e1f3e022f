"""Keys: made, read from every shape that servers publish, and refused where they are weak."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from activitypub.errors import KeyUnusable
from activitypub.keys import (
    MAX_KEYS,
    PrivateKey,
    PublicKey,
    decode_multikey,
    encode_multikey,
    load_public_key,
    normal_pem,
    read_key,
    read_keys,
)
from activitypub.multibase import decode_multibase, encode_multibase
from activitypub.signatures.schemes import Scheme, is_valid
from tests.activitypub.signing import ACTOR, KEY_ID, private_key, public_key

RSA = private_key("rsa").public_pem
ED25519 = private_key("ed25519").public_pem
MULTIKEY_ID = f"{ACTOR}#ed25519-key"


def pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, form: PublicFormat | None = None) -> str:
    return key.public_key().public_bytes(Encoding.PEM, form or PublicFormat.SubjectPublicKeyInfo).decode()


def rsa_key(pem: str = RSA, **other: Any) -> dict[str, Any]:
    return {"id": KEY_ID, "owner": ACTOR, "publicKeyPem": pem, **other}


def multikey(**other: Any) -> dict[str, Any]:
    return {
        "id": MULTIKEY_ID,
        "type": "Multikey",
        "controller": ACTOR,
        "publicKeyMultibase": encode_multikey(ED25519),
        **other,
    }


WEAK = rsa.generate_private_key(public_exponent=65537, key_size=1024)
CURVE = ec.generate_private_key(ec.SECP256R1())
READ = PublicKey(KEY_ID, ACTOR, "rsa", RSA)
READ_MULTIKEY = PublicKey(MULTIKEY_ID, ACTOR, "ed25519", ED25519)


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_a_new_key_signs_what_its_public_half_verifies(algorithm: Any) -> None:
    key, public = private_key(algorithm), load_public_key(public_key(algorithm).pem)
    assert is_valid(public, Scheme, key.sign(b"message"), b"message")
    assert not is_valid(public, Scheme, key.sign(b"message"), b"messagf")
    assert not is_valid(public, Scheme, b"", b"message")


def test_a_private_key_never_shows() -> None:
    assert "PRIVATE" not in repr(private_key("rsa"))


@pytest.mark.parametrize(
    ("document", "keys"),
    [
        ({"id": ACTOR, "publicKey": rsa_key()}, (READ,)),
        ({"id": ACTOR, "publicKey": [rsa_key()]}, (READ,)),
        ({"id": ACTOR, "publicKey": [rsa_key()], "assertionMethod": [multikey()]}, (READ, READ_MULTIKEY)),
        ({"id": ACTOR, "assertionMethod": multikey()}, (READ_MULTIKEY,)),
        ({"id": ACTOR, "publicKey": KEY_ID, "assertionMethod": [MULTIKEY_ID]}, ()),
        (rsa_key(), (READ,)),
        (multikey(), (READ_MULTIKEY,)),
        ({"id": ACTOR, "publicKey": {"id": KEY_ID, "publicKeyPem": RSA}}, (READ,)),
        ({"id": ACTOR, "publicKey": rsa_key(owner={"id": ACTOR})}, (READ,)),
        ({"id": KEY_ID, "publicKeyPem": RSA}, (PublicKey(KEY_ID, "", "rsa", RSA),)),
        ({"id": ACTOR, "publicKey": [7, None, {}, {"id": KEY_ID}, rsa_key()]}, (READ,)),
        ({"id": ACTOR, "publicKey": rsa_key(id=7)}, ()),
        ({"id": ACTOR, "publicKey": rsa_key(pem_of(WEAK))}, ()),
        ({"id": ACTOR}, ()),
        ({}, ()),
    ],
)
def test_keys_are_read_from_every_shape(document: dict[str, Any], keys: tuple[PublicKey, ...]) -> None:
    assert read_keys(document) == keys


def test_another_owner_is_kept_for_the_caller_to_judge() -> None:
    (key,) = read_keys({"id": ACTOR, "publicKey": rsa_key(owner="https://evil.example/actor")})
    assert key.owner == "https://evil.example/actor"


def test_only_so_many_keys_are_looked_at() -> None:
    document = {"id": ACTOR, "publicKey": [rsa_key(id=f"{ACTOR}#{number}") for number in range(50)]}
    assert len(read_keys(document)) == MAX_KEYS


def test_the_key_that_a_signature_names_is_found() -> None:
    document = {"id": ACTOR, "publicKey": rsa_key(), "assertionMethod": [multikey()]}
    assert read_key(document, KEY_ID) == READ
    assert read_key(document, MULTIKEY_ID) == READ_MULTIKEY
    assert read_key(document, ACTOR) == READ  # some relays name the actor
    assert read_key(rsa_key(), KEY_ID) == READ


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"id": ACTOR}, "does not contain"),
        ({"id": ACTOR, "publicKey": rsa_key(id=f"{ACTOR}#other")}, "does not contain"),
        ({"id": ACTOR, "publicKey": KEY_ID}, "does not contain"),
        ({"id": ACTOR, "publicKey": rsa_key(pem_of(WEAK))}, "1024 bits"),
        ({"id": ACTOR, "publicKey": rsa_key("no key")}, "not PEM"),
        ({"id": ACTOR, "publicKey": {"id": KEY_ID, "owner": ACTOR}}, "neither publicKeyPem nor"),
    ],
)
def test_a_key_that_cannot_be_used_says_why(document: dict[str, Any], reason: str) -> None:
    with pytest.raises(KeyUnusable, match=reason):
        read_key(document, KEY_ID)


@pytest.mark.parametrize(
    "mangle",
    [
        lambda pem: pem,
        lambda pem: pem.replace("\n", "\r\n"),
        lambda pem: pem.replace("\n", "\\n"),
        lambda pem: pem.replace("\n", "\\r\\n"),
        lambda pem: pem.replace("\n", "\n   "),
        lambda pem: "\n\n" + pem.strip() + "  ",
        lambda pem: pem.replace("\n", " "),
        lambda pem: pem.replace("\n", ""),
    ],
)
@pytest.mark.parametrize("pem", [RSA, ED25519])
def test_pem_is_read_as_servers_mangle_it(pem: str, mangle: Any) -> None:
    assert normal_pem(mangle(pem)) == pem


def test_pkcs1_becomes_the_usual_form() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert normal_pem(pem_of(key, PublicFormat.PKCS1)) == pem_of(key)


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----",
        RSA.replace("M", "!", 1),
        RSA[:200],
        RSA + "x" * 10_000,
        private_key("rsa").private_pem,
        pem_of(CURVE),
        pem_of(WEAK),
    ],
)
def test_other_pem_is_refused(pem: str) -> None:
    with pytest.raises(KeyUnusable):
        normal_pem(pem)


@pytest.mark.parametrize(("bits", "exponent"), [(2047, 65537), (8193, 65537), (16384, 3), (2048, 2**32 + 1)])
def test_rsa_keys_out_of_bounds_are_refused(bits: int, exponent: int) -> None:
    key = rsa.RSAPublicNumbers(exponent, (1 << bits - 1) + 1).public_key()
    with pytest.raises(KeyUnusable):
        load_public_key(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def test_a_multikey_is_read_back() -> None:
    text = encode_multikey(ED25519)
    assert text.startswith("z6Mk")
    assert decode_multikey(text) == ED25519


def test_a_multikey_of_the_did_key_specification() -> None:
    raw = bytes.fromhex("2e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6")
    assert encode_multibase(b"\xed\x01" + raw) == "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"


def test_an_rsa_multikey_is_read() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    assert decode_multikey(encode_multibase(b"\x85\x24" + der)) == pem_of(key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "m6Mk",
        "z0OIl",
        encode_multibase(b"\xed\x01" + bytes(31)),
        encode_multibase(b"\xed\x01" + bytes(33)),
        encode_multibase(b"\xec\x01" + bytes(32)),
        encode_multibase(b"\x85\x24" + bytes(32)),
        encode_multibase(b"\x80\x24" + bytes(33)),
        "z" + "1" * 5000,
    ],
)
def test_other_multikeys_are_refused(text: str) -> None:
    with pytest.raises(KeyUnusable):
        decode_multikey(text)


def test_an_rsa_multikey_is_read_back() -> None:
    assert decode_multikey(encode_multikey(RSA)) == RSA


@given(st.binary(max_size=200))
def test_multibase_is_read_back(data: bytes) -> None:
    assert decode_multibase(encode_multibase(data)) == data


@given(
    st.dictionaries(
        st.sampled_from(["id", "publicKey", "assertionMethod", "publicKeyPem", "owner"]),
        st.one_of(
            st.none(),
            st.text(),
            st.lists(st.text()),
            st.just(rsa_key()),
            st.lists(st.just(multikey())),
            st.just({}),
        ),
    )
)
def test_any_document_gives_keys_or_none(document: dict[str, Any]) -> None:
    assert all(key.pem in (RSA, ED25519) for key in read_keys(document))


def test_a_private_key_that_cannot_be_read_says_so_without_showing_it() -> None:
    curve = CURVE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for pem in ("secret", curve):
        with pytest.raises(KeyUnusable) as caught:
            PrivateKey("rsa", pem, RSA).sign(b"message")
        assert pem not in str(caught.value)
