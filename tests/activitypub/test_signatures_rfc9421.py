"""RFC 9421: what others send is accepted, several signatures and unknown parameters too; gaps are not."""

from base64 import b64encode
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.errors import (
    DigestMismatch,
    SignatureError,
    SignatureExpired,
    SignatureInvalid,
    SignatureMalformed,
    SignatureUncovered,
)
from activitypub.keys import Algorithm
from activitypub.signatures import (
    Generation,
    HttpRequest,
    MessageSignature,
    generation_of,
    read_signatures,
    sign_rfc9421,
    verify_signature,
)
from activitypub.signatures.digests import make_content_digest, make_digest
from activitypub.signatures.structured_fields import parse_dictionary
from tests.activitypub.signing import BODY, KEY_ID, NOW, get, post, private_key, public_key, rsa_sign

CREATED = int(NOW.timestamp())
DIGEST = ("content-digest", make_content_digest(BODY))
PARAMETERS = f';created={CREATED};keyid="{KEY_ID}"'
REQUIRED = '"@method" "@target-uri" "content-digest"'


def read(request: HttpRequest) -> MessageSignature:
    (signature,) = read_signatures(request)
    assert isinstance(signature, MessageSignature)
    return signature


def verify(request: HttpRequest, algorithm: Algorithm = "rsa", number: int = 0, now: datetime = NOW) -> None:
    verify_signature(request, read(request), public_key(algorithm, number), now)


def signed(request: HttpRequest, algorithm: Algorithm = "rsa") -> HttpRequest:
    return request.with_headers(sign_rfc9421(request, KEY_ID, private_key(algorithm), NOW))


def sign_as_others(
    request: HttpRequest, lines: dict[str, str], parameters: str = PARAMETERS, label: str = "sig1"
) -> HttpRequest:
    """Sign by the letter of the standard, without our own code: component texts and their values, given by hand."""
    stated = f"({' '.join(lines)}){parameters}"
    base = "\n".join([*(f"{text}: {value}" for text, value in lines.items()), f'"@signature-params": {stated}'])
    value = b64encode(rsa_sign(base.encode())).decode()
    return request.with_headers((("signature-input", f"{label}={stated}"), ("signature", f"{label}=:{value}:")))


def lines_of(request: HttpRequest, *names: str) -> dict[str, str]:
    values = {
        "@method": request.method,
        "@target-uri": request.url,
        "@authority": "studio.example",
        "@scheme": "https",
        "@request-target": request.target,
        "@path": request.target.partition("?")[0],
        "@query": "?" + request.target.partition("?")[2],
    }
    return {f'"{name}"': values.get(name) or request.value(name) or "" for name in names}


def digested(request: HttpRequest | None = None) -> HttpRequest:
    return (request or post()).with_headers((DIGEST,))


def signed_by_others(*names: str, parameters: str = PARAMETERS) -> HttpRequest:
    return sign_as_others(digested(), lines_of(digested(), *names), parameters)


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
@pytest.mark.parametrize("request_", [post(), post(b""), get(), HttpRequest.to("HEAD", "https://studio.example/")])
def test_what_we_sign_we_verify(request_: HttpRequest, algorithm: Algorithm) -> None:
    verify(signed(request_, algorithm), algorithm)


def test_what_we_send() -> None:
    added = dict(sign_rfc9421(post(), KEY_ID, private_key("rsa"), NOW))
    assert added["content-digest"] == DIGEST[1]
    assert added["signature-input"] == f'sig1=({REQUIRED}){PARAMETERS};alg="rsa-v1_5-sha256"'
    names = [name for name, _ in sign_rfc9421(get(), KEY_ID, private_key("ed25519"), NOW)]
    assert names == ["signature-input", "signature"]


def test_what_is_read() -> None:
    parameters = f'{PARAMETERS};expires={CREATED + 60};alg="rsa-v1_5-sha256";nonce="a, b";tag="fediverse";x=?0;y'
    signature = read(signed_by_others("@method", parameters=parameters))
    assert (signature.label, signature.key_id, signature.algorithm) == ("sig1", KEY_ID, "rsa-v1_5-sha256")
    assert (signature.created, signature.expires) == (CREATED, CREATED + 60)
    assert (signature.nonce, signature.tag) == ("a, b", "fediverse")
    assert signature.input == f'("@method"){parameters}'
    assert generation_of(signature) is Generation.RFC9421


# --- what other programs send


@pytest.mark.parametrize(
    ("names", "more"),
    [
        (("@method", "@target-uri", "content-digest"), ""),  # Mastodon's least
        (("@method", "@target-uri", "@authority", "host", "content-digest"), ';alg="rsa-v1_5-sha256"'),  # Fedify
        (("content-digest", "@target-uri", "@method", "content-type"), ""),
        (("@method", "@authority", "@path", "@query", "content-digest"), ""),
        (("@method", "@authority", "@request-target", "content-digest", "@scheme"), ""),
        (("@method", "@target-uri", "content-digest"), ';nonce="a, b";tag="x";unknown=1.5'),
        (("@method", "@target-uri", "content-digest"), f";expires={CREATED + 60};foo;bar=?0;baz=:AAE=:"),
    ],
)
def test_other_programs_signatures_are_accepted(names: tuple[str, ...], more: str) -> None:
    verify(signed_by_others(*names, parameters=PARAMETERS + more))


def test_a_path_alone_is_enough_where_there_is_no_query() -> None:
    plain = HttpRequest.to("GET", "https://studio.example/users/mara")
    verify(sign_as_others(plain, lines_of(plain, "@method", "@authority", "@path")))
    with pytest.raises(SignatureUncovered):
        asked = HttpRequest.to("GET", "https://studio.example/users/mara?")
        verify(sign_as_others(asked, lines_of(asked, "@method", "@authority", "@path")))


def test_space_in_the_input_means_nothing() -> None:
    request = signed_by_others("@method", "@target-uri", "content-digest")
    loose = (request.value("signature-input") or "").replace('" "', '"   "').replace("(", "( ").replace(";k", "; k")
    headers = tuple((name, loose if name == "signature-input" else value) for name, value in request.headers)
    verify(replace(request, headers=headers))


def test_several_signatures_are_verified_each_for_itself() -> None:
    """But for a web bot's, which says nothing of an actor."""
    request = digested().with_headers((("signature-agent", 'sig2="https://bot.example"'),))
    request = sign_as_others(request, lines_of(request, "@method", "@target-uri", "content-digest"))
    lines = {'"@authority"': "studio.example", '"signature-agent";key="sig2"': '"https://bot.example"'}
    request = sign_as_others(request, lines, f';created={CREATED};keyid="thumbprint";tag="web-bot-auth"', "sig2")
    request = sign_as_others(request, {'"@method"': "PUT"}, PARAMETERS, "sig3")
    first, last = read_signatures(request)
    assert isinstance(first, MessageSignature)
    assert isinstance(last, MessageSignature)
    assert (first.label, last.label) == ("sig1", "sig3")
    verify_signature(request, first, public_key("rsa"), NOW)
    with pytest.raises(SignatureUncovered):
        verify_signature(request, last, public_key("rsa"), NOW)


@pytest.mark.parametrize(
    ("component", "value"),
    [
        ('"accept"', "application/json, */*"),
        ('"accept";bs', f":{b64encode(b'application/json').decode()}:, :{b64encode(b'*/*').decode()}:"),
        ('"priority";sf', "u=1, i"),
        ('"priority";key="u"', "1"),
        ('"priority";key="i"', "?1"),
        ('"@query-param";name="Pet"', "dog"),
        ('"@query-param";name="a%20b"', "c%2Fd%20e"),
        ('"@query-param";name="empty"', ""),
    ],
)
def test_components_with_parameters(component: str, value: str) -> None:
    headers = [("accept", "application/json"), ("accept", "*/*"), ("priority", "u=1 ,   i=?1")]
    request = HttpRequest.to("GET", "https://studio.example/actor?Pet=dog&a+b=c%2fd+e&empty=&x=1&x=2", headers)
    lines = lines_of(request, "@method", "@target-uri") | {component: value}
    verify(sign_as_others(request, lines))


@pytest.mark.parametrize(
    "component",
    [
        '"@status"',
        '"@method";req',
        '"accept";req',
        '"accept";tr',
        '"accept";sf',
        '"accept";key="x"',
        '"priority";key="x"',
        '"priority";sf;bs',
        '"x-absent"',
        '"@query-param"',
        '"@query-param";name="absent"',
        '"@query-param";name="x"',
        '"@query-param";name=1',
        '"@unknown"',
        '"Accept"',
        "accept",
        "1",
        '"@method"',
    ],
)
def test_components_that_are_not_supported_are_refused(component: str) -> None:
    request = HttpRequest.to("GET", "https://studio.example/actor?x=1&x=2", [("accept", "*/*"), ("priority", "u=1")])
    request = sign_as_others(
        request, lines_of(request, "@method", "@target-uri") | {f"{component} ": ""}
    )  # comes last, though it may be there
    with pytest.raises(SignatureMalformed):
        verify(request)


# --- refusals


@pytest.mark.parametrize(
    "names",
    [
        (),
        ("@target-uri", "content-digest"),
        ("@method", "content-digest"),
        ("@method", "@target-uri"),
        ("@method", "@path", "@query", "content-digest"),
        ("@method", "@authority", "@path", "content-digest"),
        ("@method", "@authority", "@query", "content-digest"),
        ("@method", "host", "@path", "@query", "content-digest"),
    ],
)
def test_a_post_must_cover_method_target_and_body(names: tuple[str, ...]) -> None:
    with pytest.raises(SignatureUncovered):
        verify(signed_by_others(*names))


def test_covering_in_another_form_is_not_covering() -> None:
    lines = lines_of(digested(), "@method", "@target-uri") | {'"content-digest";key="sha-512"': "x"}
    with pytest.raises(SignatureUncovered):
        verify(sign_as_others(digested(), lines))


def test_an_old_digest_header_does_not_stand_in() -> None:
    request = post().with_headers((("digest", make_digest(BODY)),))
    with pytest.raises(SignatureUncovered):
        verify(sign_as_others(request, lines_of(request, "@method", "@target-uri", "digest")))


@pytest.mark.parametrize(
    ("elapsed", "error"),
    [
        (timedelta(hours=12), None),
        (timedelta(hours=12, seconds=1), SignatureExpired),
        (timedelta(hours=-1), None),
        (timedelta(hours=-1, seconds=-1), SignatureExpired),
    ],
)
def test_the_window_of_created(elapsed: timedelta, error: type[Exception] | None) -> None:
    if error is None:
        verify(signed(post()), now=NOW + elapsed)
    else:
        with pytest.raises(error):
            verify(signed(post()), now=NOW + elapsed)


def test_an_expiry_is_honoured() -> None:
    request = signed_by_others("@method", "@target-uri", "content-digest", parameters=f"{PARAMETERS};expires={CREATED}")
    with pytest.raises(SignatureExpired):
        verify(request)


def test_a_signature_says_when_it_was_made() -> None:
    with pytest.raises(SignatureUncovered, match="created"):
        verify(signed_by_others("@method", "@target-uri", "content-digest", parameters=f';keyid="{KEY_ID}"'))


def test_another_body_is_refused() -> None:
    with pytest.raises(DigestMismatch):
        verify(replace(signed(post()), body=BODY + b" "))
    with pytest.raises(DigestMismatch):
        verify(replace(signed(post()), body=None))


@pytest.mark.parametrize(
    "algorithm", ["hmac-sha256", "ecdsa-p256-sha256", "rsa-sha256", "", "ed25519", "rsa-pss-sha512"]
)
def test_another_algorithm_is_refused(algorithm: str) -> None:
    request = signed_by_others("@method", "@target-uri", "content-digest", parameters=f'{PARAMETERS};alg="{algorithm}"')
    with pytest.raises(SignatureInvalid):
        verify(request)


def test_another_key_is_refused() -> None:
    with pytest.raises(SignatureInvalid):
        verify(signed(post()), number=1)
    with pytest.raises(SignatureInvalid):
        verify(signed(post()), "ed25519")
    with pytest.raises(SignatureInvalid):
        verify(signed(post(), "ed25519"), "rsa")


def test_a_request_whose_address_is_not_known_cannot_be_verified() -> None:
    with pytest.raises(SignatureMalformed, match="address"):
        verify(replace(signed(post()), url=""))
    with pytest.raises(SignatureMalformed, match="address"):
        sign_rfc9421(replace(post(), url=""), KEY_ID, private_key("rsa"), NOW)


def test_a_request_for_another_server_is_refused() -> None:
    request = signed(post())
    with pytest.raises(SignatureInvalid):
        verify(replace(request, url=request.url.replace("studio", "gallery")))
    with pytest.raises(SignatureInvalid, match="Host"):
        verify(replace(request, headers=(("host", "gallery.example"), *request.headers[1:])))


@pytest.mark.parametrize(
    ("stated", "signature"),
    [
        ("", "sig1=:AAAA:"),
        ("sig1=()", ""),
        ("sig1=()", "sig2=:AAAA:"),
        ("sig1=()", 'sig1="AAAA"'),
        ("sig1=()", "sig1=(:AAAA:)"),
        ("sig1", "sig1=:AAAA:"),
        ('sig1="@method"', "sig1=:AAAA:"),
        ("sig1=(1)", "sig1=:AAAA:"),
        ("sig1=(method)", "sig1=:AAAA:"),
        ('sig1=("@method" "@method")', "sig1=:AAAA:"),
        ('sig1=("Host")', "sig1=:AAAA:"),
        ("sig1=();created=1.5", "sig1=:AAAA:"),
        ('sig1=();created="1"', "sig1=:AAAA:"),
        ("sig1=();created=@1", "sig1=:AAAA:"),
        ("sig1=();created", "sig1=:AAAA:"),
        ("sig1=();keyid=token", "sig1=:AAAA:"),
        ("sig1=();keyid=1", "sig1=:AAAA:"),
        ("sig1=();tag=?1", "sig1=:AAAA:"),
        ("sig1=(), sig1=()", "sig1=:AAAA:"),
        ("sig1=()", "sig1=:AAAA:, sig1=:BBBB:"),
        (", ".join(f"s{number}=()" for number in range(9)), ", ".join(f"s{number}=::" for number in range(9))),
        ("sig1=()", f'keyId="{KEY_ID}",signature="AAAA"'),
    ],
)
def test_signatures_that_cannot_be_read_are_refused(stated: str, signature: str) -> None:
    request = post().with_headers((("signature-input", stated), ("signature", signature)))
    with pytest.raises(SignatureMalformed):
        read_signatures(request)


def test_a_signature_without_key_id_is_read_as_such() -> None:
    request = post().with_headers((("signature-input", "sig1=();created=1"), ("signature", "sig1=:AAAA:")))
    assert read(request).key_id == ""


@given(st.text() | st.text('sig1=()"@method;cradkyi:, '), st.text() | st.text("sig1=:A,; "))
def test_any_headers_are_signatures_or_refused(stated: str, signature: str) -> None:
    request = post().with_headers((("signature-input", stated), ("signature", signature)))
    try:
        for found in read_signatures(request):
            verify_signature(request, found, public_key("rsa"), NOW)
    except SignatureError as error:
        assert "\n" not in str(error)
    else:
        pytest.fail("accepted")


PARTS = ["method", "target", "body", "value", "content-digest", "content-type", "created", "keyid", "unknown"]


@given(st.data(), st.sampled_from(PARTS))
def test_a_change_of_any_covered_byte_is_refused(data: st.DataObject, part: str) -> None:
    request = digested()
    lines = lines_of(request, "@method", "@target-uri", "content-digest", "content-type")
    request = sign_as_others(request, lines, f'{PARAMETERS};unknown="seen"')
    signature = read(request)
    altered, altered_signature = request, signature
    if part == "value":
        changed = alter(data, signature.value.decode("latin-1")).encode("latin-1")
        altered_signature = replace(signature, value=changed)
    elif part in ("created", "keyid", "unknown"):
        altered_signature = replace(signature, input=signature.input.replace(f"{part}=", f"{part}=1"))
    elif part == "target":
        target = "/" + alter(data, request.target[1:])
        altered = replace(request, target=target, url=request.url.removesuffix(request.target) + target)
    elif part == "body":
        altered = replace(request, body=alter(data, BODY.decode()).encode())
    elif part == "method":
        altered = replace(request, method=alter(data, "POST"))
    else:
        headers = tuple((name, alter(data, value) if name == part else value) for name, value in request.headers)
        altered = replace(request, headers=headers)
    with pytest.raises((SignatureInvalid, DigestMismatch, SignatureMalformed)):
        verify_signature(altered, altered_signature, public_key("rsa"), NOW)


def alter(data: st.DataObject, text: str) -> str:
    """The text with one character replaced by another."""
    index = data.draw(st.integers(0, len(text) - 1))
    characters: Any = st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters=[text[index]])
    return text[:index] + data.draw(characters) + text[index + 1 :]


def test_our_input_is_a_structured_field() -> None:
    added = dict(sign_rfc9421(post(), 'https://studio.example/"key"\\', private_key("rsa"), NOW))
    assert parse_dictionary(added["signature-input"])["sig1"].parameters["keyid"] == 'https://studio.example/"key"\\'
