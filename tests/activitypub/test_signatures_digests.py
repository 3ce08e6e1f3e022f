"""Digests of bodies in both headers' forms."""

import hashlib
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.errors import DigestMismatch, SignatureError
from activitypub.signatures.digests import make_content_digest, make_digest, verify_content_digest, verify_digest

BODY = b'{"hello": "world"}'
SHA256 = b64encode(hashlib.sha256(BODY).digest()).decode()
SHA512 = b64encode(hashlib.sha512(BODY).digest()).decode()
OTHER = b64encode(hashlib.sha256(b"other").digest()).decode()


@given(st.binary())
def test_a_made_digest_is_the_bodys_and_no_others(body: bytes) -> None:
    verify_digest(make_digest(body), body)
    verify_content_digest(make_content_digest(body), body)
    for verify, header in ((verify_digest, make_digest(body)), (verify_content_digest, make_content_digest(body))):
        with pytest.raises(DigestMismatch):
            verify(header, body + b"\0")


@pytest.mark.parametrize(
    "header",
    [
        f"SHA-256={SHA256}",
        f"sha-256={SHA256}",
        f"SHA-256={SHA256.rstrip('=')}",
        f"SHA-512={SHA512}",
        f"SHA-256={SHA256},SHA-512={SHA512}",
        f"MD5=AAAA, SHA-256={SHA256}",
        f"unixsum=30637, SHA-512={SHA512}",
    ],
)
def test_digest_in_every_form(header: str) -> None:
    verify_digest(header, BODY)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "SHA-256",
        "SHA-256=",
        f"SHA-256={OTHER}",
        f"SHA-256={SHA256},SHA-256={OTHER}",
        f"SHA-256={SHA256},SHA-512={OTHER}",
        f"SHA-512={SHA256}",
        "MD5=XrY7u+Ae7tCTyyK7j1rNww==",
        f"SHA-256={SHA256}x",
        "SHA-256=!!!",
        f"SHA-256=:{SHA256}:",
        f"SHA-256={hashlib.sha256(BODY).hexdigest()}",
    ],
)
def test_a_digest_of_something_else_is_refused(header: str) -> None:
    with pytest.raises(SignatureError):
        verify_digest(header, BODY)


@pytest.mark.parametrize(
    "header",
    [
        f"sha-256=:{SHA256}:",
        f"sha-512=:{SHA512}:",
        f"sha-256=:{SHA256}:, sha-512=:{SHA512}:",
        f"md5=:AAAA:, sha-256=:{SHA256}:;x=1",
    ],
)
def test_content_digest_in_every_form(header: str) -> None:
    verify_content_digest(header, BODY)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha-256",
        "sha-256=::",
        f"sha-256=:{OTHER}:",
        f"sha-256=:{SHA256}:, sha-512=:{OTHER}:",
        f'sha-256="{SHA256}"',
        f"sha-256=(:{SHA256}:)",
        f"SHA-256=:{SHA256}:",
        f"SHA-256={SHA256}",
        "md5=:AAAA:",
    ],
)
def test_a_content_digest_of_something_else_is_refused(header: str) -> None:
    with pytest.raises(SignatureError):
        verify_content_digest(header, BODY)
