"""Draft-cavage: what we send, and what others send, is accepted."""

import pytest

from activitypub.errors import (
    SignatureInvalid,
    SignatureMissing,
)
from activitypub.keys import Algorithm
from activitypub.signatures import (
    CavageSignature,
    Generation,
    HttpRequest,
    generation_of,
    read_signatures,
    sign_draft_cavage,
)
from activitypub.signatures.digests import make_content_digest
from tests.activitypub.cavage import CREATED, DATE, DIGEST, REQUIRED, post_with, sign_as_others, signed, verify
from tests.activitypub.signing import BODY, KEY_ID, NOW, get, post, private_key


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
@pytest.mark.parametrize("request_", [post(), post(b""), get(), HttpRequest.to("HEAD", "https://studio.example")])
def test_what_we_sign_we_verify(request_: HttpRequest, algorithm: Algorithm) -> None:
    verify(signed(request_, algorithm), algorithm)


def test_what_we_send() -> None:
    added = dict(sign_draft_cavage(post(), KEY_ID, private_key("rsa"), NOW))
    assert added["date"] == "Sun, 22 Nov 2026 12:00:00 GMT"
    assert added["digest"].startswith("SHA-256=")
    prefix = f'keyId="{KEY_ID}",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="'
    assert added["signature"].startswith(prefix)
    assert [name for name, _ in sign_draft_cavage(get(), KEY_ID, private_key("rsa"), NOW)] == ["date", "signature"]


def test_what_is_read() -> None:
    (signature,) = read_signatures(signed(post()))
    assert isinstance(signature, CavageSignature)
    assert (signature.key_id, signature.algorithm) == (KEY_ID, "rsa-sha256")
    assert signature.covered == ("(request-target)", "host", "date", "digest")
    assert generation_of(signature) is Generation.DRAFT_CAVAGE


@pytest.mark.parametrize(
    ("covered", "parameters"),
    [
        ("(request-target) host date digest content-type", 'algorithm="rsa-sha256",'),  # Mastodon
        ("(request-target) host date digest", 'algorithm="hs2019",'),  # GoToSocial
        ("(request-target) date host digest", 'algorithm="rsa-sha256",'),  # Misskey
        ("(request-target) content-length date digest host", 'algorithm="rsa-sha256",'),  # Pleroma
        ("(request-target) host date digest content-type user-agent", 'algorithm="rsa-sha256",'),  # Pixelfed
        ("(request-target) host date digest", ""),  # no algorithm at all
        ("(request-target) host (created) digest", f'algorithm="hs2019",created={CREATED},'),
        ("(request-target) host (created) digest", f"created={CREATED},"),
        ("(request-target) host (created) digest", f'algorithm="hs2019",created="{CREATED}",'),
        ("(request-target) (created) (expires) host digest", f"created={CREATED},expires={CREATED + 60},"),
        ("(request-target) host date content-digest", 'algorithm="rsa-sha256",'),
        ("(request-target) host date digest", 'extra="a, \\"quoted\\", b=c",nonce=7,'),
        ("(Request-Target) Host Date Digest", 'algorithm="RSA-SHA256",'),
        ("(request-target) host date digest digest", ""),
    ],
)
def test_other_programs_signatures_are_accepted(covered: str, parameters: str) -> None:
    request = post_with(
        DATE,
        DIGEST,
        ("content-digest", make_content_digest(BODY)),
        ("content-length", str(len(BODY))),
        ("user-agent", "(Pixelfed/0.12; +https://pixels.example)"),
    )
    verify(sign_as_others(request, covered, parameters))


def test_repeated_headers_are_joined() -> None:
    request = post_with(DATE, DIGEST, ("x-part", " a "), ("x-part", "b"))
    verify(sign_as_others(request, f"{REQUIRED} x-part"))


def test_sha512_is_accepted_where_the_label_allows_it() -> None:
    request = post_with(DATE, DIGEST)
    for parameters in ('algorithm="rsa-sha512",', 'algorithm="hs2019",', ""):
        verify(sign_as_others(request, REQUIRED, parameters, sha512=True))
    with pytest.raises(SignatureInvalid):
        verify(sign_as_others(request, REQUIRED, 'algorithm="rsa-sha256",', sha512=True))


def test_the_signature_may_stand_in_authorization_or_carry_its_scheme() -> None:
    request = signed(post())
    value = request.value("signature") or ""
    bare = HttpRequest(request.method, request.target, request.headers[:-1], request.body, request.url)
    verify(bare.with_headers((("authorization", f"Signature {value}"),)))
    verify(bare.with_headers((("signature", f"Signature {value}"),)))
    with pytest.raises(SignatureMissing):
        read_signatures(bare.with_headers((("authorization", "Bearer x"),)))


def test_a_get_may_be_signed_without_its_query_but_not_with_another() -> None:
    request = get().with_headers((DATE,))
    covered, path = "(request-target) host date", request.target.partition("?")[0]
    verify(sign_as_others(request, covered))
    verify(sign_as_others(request, covered, target=path))
    with pytest.raises(SignatureInvalid):
        verify(sign_as_others(request, covered, target=f"{path}?page=2"))
    with pytest.raises(SignatureInvalid):
        verify(sign_as_others(post_with(DATE, DIGEST), REQUIRED, target="/inbox"))


def test_each_signature_header_is_read_for_itself() -> None:
    request = signed(post())
    both = request.with_headers((("signature", f'keyId="{KEY_ID}-2",signature="AAAA"'),))
    assert [signature.key_id for signature in read_signatures(both)] == [KEY_ID, f"{KEY_ID}-2"]
