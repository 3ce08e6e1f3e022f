"""Draft-cavage signatures as tests make and check them: ours, and those of others by the letter of the draft."""

from base64 import b64encode
from typing import Any

from activitypub.http_dates import format_http_date
from activitypub.keys import Algorithm
from activitypub.signatures import (
    HttpRequest,
    read_signatures,
    sign_draft_cavage,
    verify_signature,
)
from activitypub.signatures.digests import make_digest
from tests.activitypub.signing import BODY, KEY_ID, NOW, post, private_key, public_key, rsa_sign

CREATED = int(NOW.timestamp())
REQUIRED = "(request-target) host date digest"
DATE = ("date", format_http_date(NOW))
DIGEST = ("digest", make_digest(BODY))


def verify(request: HttpRequest, algorithm: Algorithm = "rsa", number: int = 0, now: Any = NOW) -> None:
    """Raises a SignatureError unless the request's one signature verifies."""
    (signature,) = read_signatures(request)
    verify_signature(request, signature, public_key(algorithm, number), now)


def signed(request: HttpRequest, algorithm: Algorithm = "rsa") -> HttpRequest:
    """The request as we sign it."""
    return request.with_headers(sign_draft_cavage(request, KEY_ID, private_key(algorithm), NOW))


def sign_as_others(
    request: HttpRequest, covered: str, parameters: str = "", *, target: str | None = None, sha512: bool = False
) -> HttpRequest:
    """Sign by the letter of the draft, without our own code; `parameters` go between keyId and headers."""
    special = {
        "(request-target)": f"{request.method.lower()} {target or request.target}",
        "(created)": str(CREATED),
        "(expires)": str(CREATED + 60),
    }
    values = {**{name: ", ".join(request.values(name)) for name, _ in request.headers}, **special}
    base = "\n".join(f"{name.lower()}: {values[name.lower()]}" for name in covered.split())
    value = b64encode(rsa_sign(base.encode(), sha512=sha512)).decode()
    header = f'keyId="{KEY_ID}",{parameters}headers="{covered}",signature="{value}"'
    return request.with_headers((("signature", header),))


def post_with(*headers: tuple[str, str]) -> HttpRequest:
    """A POST with these headers."""
    return post().with_headers(headers)
