"""Signatures made by the outbound client verify over the bytes that arrive, whatever the transport does to a URL."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from activitypub.keys import PublicKey, generate_rsa
from activitypub.signatures import HttpRequest, read_signatures, sign_draft_cavage, sign_rfc9421, verify_signature
from cara_fed.federation.client import FederationClient, Signer
from tests.support.hostile import HostileServer, Request, ok

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY_ID = "http://127.0.0.1/actor#main-key"
KEY = generate_rsa()
PUBLIC_KEY = PublicKey(KEY_ID, "http://127.0.0.1/actor", "rsa", KEY.public_pem)
SIGN = {"draft-cavage": sign_draft_cavage, "rfc9421": sign_rfc9421}


def signer_of(generation: str) -> Signer:
    def sign(method: str, url: str, body: bytes | None) -> Mapping[str, str]:
        return dict(SIGN[generation](HttpRequest.to(method, url, body=body), KEY_ID, KEY, NOW))

    return sign


def require_verified(request: Request, server: HostileServer) -> None:
    url = f"http://127.0.0.1:{server.port}{request.target}"
    received = HttpRequest(request.method, request.target, tuple(request.headers.items()), request.body, url)
    (signature,) = read_signatures(received)
    verify_signature(received, signature, PUBLIC_KEY, NOW)


@pytest.mark.parametrize("generation", SIGN)
@pytest.mark.parametrize(
    "target",
    [
        "",
        "/",
        "/?",
        "?x=%7e",
        "?",
        "/%7emara?q=%41",
        "/a b",
        "/é",
        "/users/mara#key",
        "/a/../b",
        "//a",
        "/a;b?x=1&y",
        "/a|b",
        "/'(a)'",
    ],
)
async def test_a_signed_get_verifies_where_it_arrives(
    server: HostileServer, client: FederationClient, generation: str, target: str
) -> None:
    await client.get(f"http://127.0.0.1:{server.port}{target}", signer=signer_of(generation))
    require_verified(server.requests[0], server)


@pytest.mark.parametrize("generation", SIGN)
@pytest.mark.parametrize("body", [b'{"type":"Follow"}', b"x" * 300_000, b""])
async def test_a_signed_post_verifies_where_it_arrives(
    server: HostileServer, client: FederationClient, generation: str, body: bytes
) -> None:
    url = f"http://127.0.0.1:{server.port}/inbox"
    await client.post(url, body, {"content-type": "application/activity+json"}, signer=signer_of(generation))
    assert server.requests[0].body == body
    require_verified(server.requests[0], server)


async def test_each_hop_of_a_redirect_verifies(server: HostileServer, client: FederationClient) -> None:
    server.redirects("/@mara", "/users/%6dara?x=~")
    server.says("/users/%6dara?x=~", ok(b"{}"))
    await client.get(f"http://127.0.0.1:{server.port}/@mara", signer=signer_of("draft-cavage"))
    assert [request.target for request in server.requests] == ["/@mara", "/users/%6dara?x=~"]
    for request in server.requests:
        require_verified(request, server)
