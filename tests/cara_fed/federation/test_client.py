"""The outbound client: what it sends, what it follows, and what it calls what went wrong."""

import ssl
import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from cara_fed.federation.addresses import AddressGuard
from cara_fed.federation.client import FederationClient, Response
from cara_fed.federation.errors import ConnectionFailed, FetchTimeout, NameUnknown, TlsFailed, TooManyRedirects
from cara_fed.federation.over_httpx import OverHttpx
from cara_fed.federation.transports import build_tls_context
from tests.support.clients import open_client
from tests.support.hostile import HostileServer, hostile_server, ok


async def test_a_document_comes_with_its_status_headers_and_url(
    server: HostileServer, client: FederationClient
) -> None:
    server.says("/users/mara", ok(b"{}"))
    url = f"http://studio.example:{server.port}/users/mara"

    response = await client.get(url)

    assert response == Response(200, response.headers, b"{}", url)
    assert response.ok
    assert response.media_type == "application/activity+json"
    (request,) = server.requests
    assert request.headers["user-agent"] == "cara_fed/1.0 (+https://home.example/)"
    assert request.headers["accept"].startswith("application/activity+json")
    assert request.headers["host"] == f"studio.example:{server.port}"
    assert set(request.headers) == {"host", "user-agent", "accept", "accept-encoding"}


@pytest.mark.parametrize("target", ["/%7emara/%41?q=%2f&r=~", "/a%20b", "/caf%C3%A9", "/a//b", "/a;b=c,d", "/@mara/1"])
async def test_the_target_is_sent_as_it_was_signed(
    server: HostileServer, client: FederationClient, target: str
) -> None:
    server.says(target, ok(b"{}"))
    signed: list[str] = []

    def signer(method: str, url: str, body: bytes | None) -> Mapping[str, str]:
        signed.append(url)
        return {"Signature": f"of {method}"}

    await client.get(f"http://studio.example:{server.port}{target}", signer=signer)

    assert server.requests[0].target == target
    assert server.requests[0].headers["signature"] == "of GET"
    assert signed == [f"http://studio.example:{server.port}{target}"]


async def test_an_empty_query_is_neither_signed_nor_sent(server: HostileServer, client: FederationClient) -> None:
    server.says("/", ok(b"{}"))
    response = await client.get(f"http://studio.example:{server.port}/?#top")
    assert response.url == f"http://studio.example:{server.port}/"
    assert server.requests[0].target == "/"


async def test_a_post_carries_the_body_and_its_headers(server: HostileServer, client: FederationClient) -> None:
    server.says("/inbox", b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")

    response = await client.post(
        f"http://studio.example:{server.port}/inbox", b'{"a":1}', {"content-type": "application/activity+json"}
    )

    assert response.status == 202
    assert server.requests[0].body == b'{"a":1}'
    assert server.requests[0].headers["content-type"] == "application/activity+json"


async def test_connections_are_kept_and_cookies_are_not(server: HostileServer, client: FederationClient) -> None:
    server.says("/a", ok(b"{}", b"Set-Cookie: id=1; Path=/\r\n"))
    for _ in range(3):
        await client.get(f"http://studio.example:{server.port}/a")
    assert server.connections == 1
    assert all("cookie" not in request.headers for request in server.requests)


async def test_redirects_are_followed_and_signed_anew(server: HostileServer, client: FederationClient) -> None:
    server.redirects("/1", "/2")
    server.redirects("/2", f"http://127.0.0.1:{server.port}/3", status=308)
    server.says("/3", ok(b"{}"))

    response = await client.get(
        f"http://studio.example:{server.port}/1", signer=lambda method, url, body: {"signature": url.rpartition("/")[2]}
    )

    assert response.url == f"http://127.0.0.1:{server.port}/3"
    assert [request.headers["signature"] for request in server.requests] == ["1", "2", "3"]


async def test_each_hop_is_put_before_the_callers_judge(server: HostileServer, client: FederationClient) -> None:
    server.redirects("/1", f"http://127.0.0.1:{server.port}/listed")
    judged: list[str] = []

    def judge(url: str) -> None:
        judged.append(url.rpartition("/")[2])
        if url.endswith("/listed"):
            raise PermissionError

    with pytest.raises(PermissionError):
        await client.get(f"http://studio.example:{server.port}/1", judge=judge)
    assert judged == ["1", "listed"]
    assert [request.target for request in server.requests] == ["/1"]


async def test_a_redirect_loop_ends(server: HostileServer, client: FederationClient) -> None:
    server.redirects("/a", "/b")
    server.redirects("/b", "/a")
    with pytest.raises(TooManyRedirects):
        await client.get(f"http://studio.example:{server.port}/a")
    assert len(server.requests) == 4


async def test_a_post_is_never_redirected(server: HostileServer, client: FederationClient) -> None:
    server.redirects("/inbox", "/elsewhere", status=307)
    response = await client.post(f"http://studio.example:{server.port}/inbox", b"{}", {})
    assert response.status == 307
    assert [request.target for request in server.requests] == ["/inbox"]


async def test_a_redirect_without_location_is_just_an_answer(server: HostileServer, client: FederationClient) -> None:
    server.says("/", b"HTTP/1.1 304 Not Modified\r\n\r\n")
    assert (await client.get(f"http://studio.example:{server.port}/")).status == 304


async def test_failures_have_names(client: FederationClient, unused_port: int) -> None:
    with pytest.raises(NameUnknown):
        await client.get("http://unknown.example/")
    with pytest.raises(ConnectionFailed, match=r"studio\.example: Connection refused"):
        await client.get(f"http://studio.example:{unused_port}/")


@pytest.fixture
async def unused_port() -> int:
    async with hostile_server() as serving:
        return serving.port


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    subject = ["-subj", "/CN=studio.example", "-addext", "subjectAltName=DNS:studio.example"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem", *subject],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


async def test_tls_trusts_the_extra_authority_and_checks_the_name(certificate: Path) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    async with hostile_server(tls) as server:
        server.says("/", ok(b"{}"))
        async with open_client(tls=build_tls_context(certificate / "cert.pem")) as client:
            assert (await client.get(f"https://studio.example:{server.port}/")).ok
            with pytest.raises(TlsFailed, match=r"127\.0\.0\.1"):
                await client.get(f"https://127.0.0.1:{server.port}/")
        async with open_client() as stranger:
            with pytest.raises(TlsFailed, match="self-signed"):
                await stranger.get(f"https://studio.example:{server.port}/")


async def test_a_server_without_tls_is_not_taken_for_one_with(server: HostileServer, client: FederationClient) -> None:
    with pytest.raises((ConnectionFailed, FetchTimeout)):
        await client.get(f"https://studio.example:{server.port}/")


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (httpx.ConnectError("no"), ConnectionFailed),
        (httpx.ReadTimeout("slow"), FetchTimeout),
        (httpx.ReadError("cut"), ConnectionFailed),
    ],
)
async def test_failures_of_any_httpx_transport_are_named(raised: Exception, expected: type[Exception]) -> None:
    async def fail(request: httpx.Request) -> httpx.Response:
        raise raised

    client = FederationClient(OverHttpx(httpx.MockTransport(fail)), AddressGuard(), "test")
    with pytest.raises(expected):
        await client.get("https://studio.example/")
