"""Both standards' published vectors: the same bases, and signatures that hold."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from activitypub.errors import KeyUnusable, SignatureMalformed, SignatureUncovered
from activitypub.keys import PublicKey
from activitypub.signatures import HttpRequest, MessageSignature, read_signatures, verify_signature
from activitypub.signatures.digests import verify_content_digest, verify_digest
from activitypub.signatures.draft_cavage import CavageSignature, build_cavage_base, read_cavage_signature
from activitypub.signatures.rfc9421 import build_message_base
from activitypub.signatures.schemes import Scheme, is_valid
from tests.activitypub.vectors import cavage_vectors, rfc9421_blocks, rfc9421_keys

CREATED = datetime.fromtimestamp(1618884473, UTC)


def cavage_request() -> HttpRequest:
    vectors = cavage_vectors()
    headers = {name: value for name, value in vectors["headers"].items() if not name.startswith("(")}
    return HttpRequest("POST", "/foo?param=value&pet=dog", tuple(headers.items()), vectors["body"].encode())


def cavage_signature(case: int) -> CavageSignature:
    vector = cavage_vectors()["cases"][case]
    covered, value = " ".join(vector["covered"]), vector["signature"]
    return read_cavage_signature(f'keyId="Test",algorithm="rsa-sha256",headers="{covered}",signature="{value}"')


@pytest.mark.parametrize("case", [0, 1, 2])
def test_draft_cavage(case: int) -> None:
    key = load_pem_public_key(cavage_vectors()["public_key"].encode())
    assert isinstance(key, RSAPublicKey)
    request, signature = cavage_request(), cavage_signature(case)
    assert is_valid(key, [Scheme.RSA_SHA256], signature.value, build_cavage_base(request, signature))
    altered = HttpRequest("PUT", request.target, (*request.headers[:1], ("date", "x"), *request.headers[2:]))
    assert not is_valid(key, [Scheme.RSA_SHA256], signature.value, build_cavage_base(altered, signature))


def test_the_digest_of_draft_cavage() -> None:
    request = cavage_request()
    verify_digest(request.value("digest") or "", request.content)


def test_the_key_of_draft_cavage_is_too_short_for_us() -> None:
    key = PublicKey("Test", "Test", "rsa", cavage_vectors()["public_key"])
    with pytest.raises(KeyUnusable, match="1024 bits"):
        verify_signature(cavage_request(), cavage_signature(2), key, datetime(2014, 1, 5, 22, tzinfo=UTC))


def message(label: str) -> HttpRequest:
    """The request that carries the signature: the whole example, or the common request with its headers."""
    blocks = rfc9421_blocks()
    carrier = next(block for block in blocks if f"Signature-Input: {label}=" in block)
    if carrier.startswith("Signature-Input"):
        test_request = next(block for block in blocks if block.startswith("POST /foo") and "Content-Digest" in block)
        head, _, body = test_request.partition("\n\n")
        return parse_message(f"{head}\n{carrier}\n\n{body}")
    return parse_message(carrier)


def parse_message(text: str) -> HttpRequest:
    head, _, body = text.partition("\n\n")
    first, *lines = head.split("\n")
    method, target, _ = first.split(" ")
    headers = tuple((name.lower(), value) for name, value in (line.split(": ", 1) for line in lines))
    host = dict(headers)["host"]
    return HttpRequest(method, target, headers, body.encode() or None, f"https://{host}{target}")


def signature_of(request: HttpRequest) -> MessageSignature:
    (signature,) = read_signatures(request)
    assert isinstance(signature, MessageSignature)
    return signature


def holds(request: HttpRequest) -> bool:
    signature = signature_of(request)
    base = build_message_base(request, signature)
    key = load_pem_public_key(rfc9421_keys()[signature.key_id].encode())
    if isinstance(key, EllipticCurvePublicKey):
        half = len(signature.value) // 2
        r, s = int.from_bytes(signature.value[:half]), int.from_bytes(signature.value[half:])
        key.verify(encode_dss_signature(r, s), base, ECDSA(SHA256()))
        return True
    assert isinstance(key, RSAPublicKey | Ed25519PublicKey)
    return is_valid(key, [Scheme.RSA_PSS_SHA512, Scheme.ED25519], signature.value, base)


@pytest.mark.parametrize("label", ["sig-b21", "sig-b22", "sig-b23", "sig-b26", "ttrp", "transform"])
def test_rfc_9421(label: str) -> None:
    request = message(label)
    assert build_message_base(request, signature_of(request)).decode() in rfc9421_blocks()
    assert holds(request)


def test_the_digest_of_rfc_9421() -> None:
    request = message("sig-b22")
    verify_content_digest(request.value("content-digest") or "", request.content)


def test_the_base_of_an_hmac_is_right_though_we_take_none() -> None:
    request = message("sig-b25")
    assert build_message_base(request, signature_of(request)).decode() in rfc9421_blocks()


def test_a_response_is_not_a_request() -> None:
    carrier = next(block for block in rfc9421_blocks() if "Signature-Input: sig-b24=" in block)
    request = parse_message(f"POST / HTTP/1.1\nHost: example.com\nContent-Type: text/plain\n{carrier}\n\n")
    with pytest.raises(SignatureMalformed):
        build_message_base(request, signature_of(request))


def test_transformed_messages_hold_where_the_standard_says_so() -> None:
    carriers = [block for block in rfc9421_blocks() if "Signature-Input: transform=" in block]
    assert [holds(parse_message(block)) for block in carriers] == [True, True, True, True, False, False]


@pytest.mark.parametrize("label", ["sig-b21", "sig-b22", "sig-b26"])
def test_what_the_examples_leave_out_is_not_enough_for_us(label: str) -> None:
    request = message(label)
    with pytest.raises(SignatureUncovered):
        verify_signature(request, signature_of(request), example_key(label), CREATED)


def test_the_example_of_full_coverage_is_enough() -> None:
    request = message("sig-b23")
    verify_signature(request, signature_of(request), example_key("sig-b23"), CREATED)


def example_key(label: str) -> PublicKey:
    key_id = signature_of(message(label)).key_id
    return PublicKey(key_id, "", "rsa", rfc9421_keys()[key_id])
