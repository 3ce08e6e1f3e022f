"""Requests between servers as tests send them: rightly signed, or wrong in exactly one way."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from activitypub.http_dates import format_http_date
from activitypub.keys import PrivateKey
from activitypub.signatures import CavageSignature, Generation, HttpRequest, sign_draft_cavage, sign_rfc9421
from activitypub.signatures.digests import make_digest
from activitypub.signatures.draft_cavage import build_cavage_base
from tests.support.network import Network

ACTIVITY_JSON = "application/activity+json"

Change = Callable[[httpx.Request], httpx.Request]


@dataclass(frozen=True)
class Signing:
    """What to sign with and how, and the parts to cover where that is less than all of them."""

    key_id: str
    private_key: PrivateKey
    covered: tuple[str, ...] = ()
    generation: Generation = Generation.DRAFT_CAVAGE

    def headers(self, request: HttpRequest, now: datetime) -> Mapping[str, str]:
        if self.generation is Generation.RFC9421:
            return dict(sign_rfc9421(request, self.key_id, self.private_key, now))
        if not self.covered:
            return dict(sign_draft_cavage(request, self.key_id, self.private_key, now))
        added = {"date": format_http_date(now), "digest": make_digest(request.content)}
        request = request.with_headers(tuple(added.items()))
        unsigned = CavageSignature(self.key_id, "rsa-sha256", self.covered, b"", None, None)
        value = b64encode(self.private_key.sign(build_cavage_base(request, unsigned))).decode()
        covered = " ".join(self.covered)
        signature = f'keyId="{self.key_id}",algorithm="rsa-sha256",headers="{covered}",signature="{value}"'
        return {**added, "signature": signature}


async def send(
    network: Network,
    method: str,
    url: str,
    signing: Signing | None,
    now: datetime,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    change: Change | None = None,
) -> httpx.Response:
    """Send one request over the network; ``change`` makes another of it after it was signed."""
    request = HttpRequest.to(method, url, (), body)
    signed = signing.headers(request, now) if signing else {}
    whole = httpx.Request(method, url, headers={**_defaults(method), **(headers or {}), **signed}, content=body)
    response = await network.handle_async_request(change(whole) if change else whole)
    await response.aread()
    return response


def with_header(name: str, value: str) -> Change:
    """Change one header after signing."""

    def change(request: httpx.Request) -> httpx.Request:
        request.headers[name] = value
        return request

    return change


def with_body(body: bytes) -> Change:
    """Change the body after signing."""

    def change(request: httpx.Request) -> httpx.Request:
        headers = {**request.headers, "content-length": str(len(body))}
        return httpx.Request(request.method, request.url, headers=headers, content=body)

    return change


def sent_to(url: str) -> Change:
    """Send what was signed for another address here: a replay. Its Host header stays what it was."""

    def change(request: httpx.Request) -> httpx.Request:
        return httpx.Request(request.method, url, headers=request.headers, content=request.content)

    return change


def _defaults(method: str) -> dict[str, str]:
    return {"content-type" if method == "POST" else "accept": ACTIVITY_JSON}
