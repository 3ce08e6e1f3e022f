"""The outbound client against a server on loopback that does everything wrong."""

import asyncio
import gzip
import ssl
import subprocess
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from cara_fed.federation.addresses import AddressGuard
from cara_fed.federation.client import ClientLimits, FederationClient, Response, make_user_agent
from cara_fed.federation.errors import (
    AddressRefused,
    ConnectionFailed,
    FetchTimeout,
    NameUnknown,
    ResponseMalformed,
    ResponseTooLarge,
    TlsFailed,
    TooManyRedirects,
    UrlRefused,
)
from cara_fed.federation.transports import ConnectionLimits, PinnedTransport, build_tls_context
from tests.support.hostile import HostileServer, Request, hostile_server, ok

LOOPBACK = AddressGuard((ip_network("127.0.0.0/8"),), allow_http=True)
NAMES = {
    "studio.example": ["127.0.0.1"],
    "inside.example": ["10.0.0.7"],
    "mixed.example": ["8.8.8.8", "10.0.0.7"],
    "public.example": ["8.8.8.8"],
    "metadata.example": ["169.254.169.254"],
}


async def look_up_in_table(host: str, port: int) -> Sequence[str]:
    if host not in NAMES:
        raise OSError("no such name")
    return NAMES[host]


@asynccontextmanager
async def open_client(
    guard: AddressGuard = LOOPBACK, tls: ssl.SSLContext | None = None, seconds: float = 5.0, **limits: int
) -> AsyncIterator[FederationClient]:
    transport = PinnedTransport(
        guard, tls or build_tls_context(), ConnectionLimits(connect_seconds=1), look_up_in_table
    )
    client = FederationClient(
        transport, guard, make_user_agent("1.0", "https://home.example"), ClientLimits(total_seconds=seconds, **limits)
    )
    try:
        yield client
    finally:
        await client.aclose()


@pytest.fixture
async def server() -> AsyncIterator[HostileServer]:
    async with hostile_server() as serving:
        yield serving


@pytest.fixture
async def client() -> AsyncIterator[FederationClient]:
    async with open_client() as opened:
        yield opened


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


@pytest.mark.parametrize(
    "location",
    [
        "http://inside.example/",
        "http://10.0.0.1/",
        "http://mixed.example/",
        "https://mixed.example/",
        "https://metadata.example/latest",
        "http://169.254.169.254/latest",
        "http://public.example/",
        "http://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "//10.0.0.1/",
    ],
)
async def test_a_redirect_into_a_private_network_is_refused(
    server: HostileServer, client: FederationClient, location: str
) -> None:
    server.redirects("/", location)
    with pytest.raises(AddressRefused):
        await client.get(f"http://studio.example:{server.port}/")


@pytest.mark.parametrize(
    "location",
    ["ftp://studio.example/", "file:///etc/passwd", "http://a:b@studio.example/", "http://[", "http://%31.1/"],
)
async def test_a_redirect_to_what_is_no_web_address_is_refused(
    server: HostileServer, client: FederationClient, location: str
) -> None:
    server.redirects("/", location)
    with pytest.raises(UrlRefused):
        await client.get(f"http://studio.example:{server.port}/")


@pytest.mark.parametrize(
    "url",
    [
        "https://inside.example/",
        "https://mixed.example/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://2130706433/",
    ],
)
async def test_without_leave_nothing_private_is_asked(url: str) -> None:
    NAMES["localhost"] = ["127.0.0.1", "::1"]
    async with open_client(AddressGuard()) as client:
        with pytest.raises(AddressRefused):
            await client.get(url)
        with pytest.raises(AddressRefused):
            await client.post(url, b"{}", {})


async def test_plain_http_needs_leave(server: HostileServer) -> None:
    async with open_client(AddressGuard((ip_network("127.0.0.0/8"),))) as client:
        with pytest.raises(UrlRefused, match="only https"):
            await client.get(f"http://studio.example:{server.port}/")
    assert server.connections == 0


async def test_a_lookup_that_changes_its_mind_changes_nothing(server: HostileServer) -> None:
    """The name answers a public address when asked first and a private one ever after."""
    answers = [["127.0.0.1"], ["10.0.0.7"], ["10.0.0.7"]]

    async def look_up(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    server.says("/", ok(b"{}"))
    transport = PinnedTransport(LOOPBACK, build_tls_context(), lookup=look_up)
    client = FederationClient(transport, LOOPBACK, "test")
    assert (await client.get(f"http://rebound.example:{server.port}/")).ok
    assert len(answers) == 2
    await client.aclose()
    with pytest.raises(AddressRefused):
        await client.get(f"http://rebound.example:{server.port}/")
    await client.aclose()


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


async def _drip(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _drip_headers(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(1000):
        writer.write(b"X-%d: x\r\n" % number)
        await writer.drain()
        await asyncio.sleep(0.05)


async def _silence(request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


@pytest.mark.parametrize("answer", [_drip, _drip_headers, _silence])
async def test_a_slow_answer_ends_in_time(server: HostileServer, answer: object) -> None:
    server.answers["/"] = answer  # type: ignore[assignment]
    async with open_client(seconds=0.3) as client:
        with pytest.raises(FetchTimeout):
            await client.get(f"http://studio.example:{server.port}/")


async def test_time_is_counted_over_all_redirects(server: HostileServer) -> None:
    async def slowly(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")

    server.answers["/"] = slowly
    async with open_client(seconds=0.3) as client:
        with pytest.raises(FetchTimeout):
            await client.get(f"http://studio.example:{server.port}/")


async def _endless(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        await writer.drain()


async def _endless_until_close(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b"x" * 0x10000)
        await writer.drain()


@pytest.mark.parametrize("answer", [_endless, _endless_until_close])
async def test_an_endless_body_is_cut(server: HostileServer, client: FederationClient, answer: object) -> None:
    server.answers["/"] = answer  # type: ignore[assignment]
    with pytest.raises(ResponseTooLarge):
        await client.get(f"http://studio.example:{server.port}/", max_bytes=100_000)


async def test_an_endless_receipt_does_not_hide_the_status(server: HostileServer, client: FederationClient) -> None:
    server.answers["/inbox"] = _endless
    response = await client.post(f"http://studio.example:{server.port}/inbox", b"{}", {})
    assert response.status == 200
    assert len(response.body) == 16 * 1024


async def test_a_large_error_page_does_not_hide_the_status(server: HostileServer, client: FederationClient) -> None:
    server.says("/", b"HTTP/1.1 410 Gone\r\nContent-Length: 50000\r\n\r\n" + b"x" * 50_000)
    response = await client.get(f"http://studio.example:{server.port}/", max_bytes=100)
    assert response.status == 410


async def test_a_declared_length_is_enough_to_refuse(server: HostileServer, client: FederationClient) -> None:
    server.says("/", b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n")
    with pytest.raises(ResponseTooLarge):
        await client.get(f"http://studio.example:{server.port}/")


@pytest.mark.parametrize("size", [0, 1, 99_999, 100_000])
async def test_a_body_up_to_the_limit_is_whole(server: HostileServer, client: FederationClient, size: int) -> None:
    server.says("/", ok(b"x" * size))
    assert len((await client.get(f"http://studio.example:{server.port}/", max_bytes=100_000)).body) == size


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate"])
async def test_a_decompression_bomb_is_cut(server: HostileServer, client: FederationClient, encoding: str) -> None:
    zeros = bytes(50_000_000)
    bomb = zlib.compress(zeros) if encoding == "deflate" else gzip.compress(zeros)
    server.says("/", ok(bomb, b"Content-Encoding: %s\r\n" % encoding.encode()))
    assert len(bomb) < 100_000
    with pytest.raises(ResponseTooLarge):
        await client.get(f"http://studio.example:{server.port}/", max_bytes=100_000)


async def test_a_bomb_in_many_members_is_cut(server: HostileServer, client: FederationClient) -> None:
    server.says("/", ok(gzip.compress(bytes(50_000)) * 1000, b"Content-Encoding: gzip\r\n"))
    with pytest.raises(ResponseTooLarge):
        await client.get(f"http://studio.example:{server.port}/", max_bytes=100_000)


@pytest.mark.parametrize("size", [0, 1, 100_000])
async def test_a_compressed_body_is_counted_as_it_comes_out(
    server: HostileServer, client: FederationClient, size: int
) -> None:
    server.says("/", ok(gzip.compress(b"a" * size), b"Content-Encoding: gzip\r\n"))
    assert (await client.get(f"http://studio.example:{server.port}/", max_bytes=100_000)).body == b"a" * size


@pytest.mark.parametrize(
    ("encoding", "body"), [(b"br", b"abc"), (b"gzip, gzip", b"abc"), (b"gzip", b"not gzip at all"), (b"zstd", b"")]
)
async def test_an_encoding_that_was_not_asked_for_is_refused(
    server: HostileServer, client: FederationClient, encoding: bytes, body: bytes
) -> None:
    server.says("/", ok(body, b"Content-Encoding: %s\r\n" % encoding))
    with pytest.raises(ResponseMalformed):
        await client.get(f"http://studio.example:{server.port}/")


@pytest.mark.parametrize(
    "headers",
    [
        b"X-Long: " + b"x" * 200_000 + b"\r\n",
        b"".join(b"X-%d: x\r\n" % number for number in range(5000)),
        b"".join(b"X-%d: %s\r\n" % (number, b"x" * 8000) for number in range(10)),
    ],
    ids=["one long", "many", "much"],
)
async def test_huge_headers_are_refused(server: HostileServer, client: FederationClient, headers: bytes) -> None:
    server.says("/", ok(b"{}", headers))
    with pytest.raises((ResponseTooLarge, ResponseMalformed)):
        await client.get(f"http://studio.example:{server.port}/")


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_what_is_not_http_is_refused(server: HostileServer, client: FederationClient, raw: bytes) -> None:
    server.says("/", raw)
    with pytest.raises((ResponseMalformed, ConnectionFailed)):
        await client.get(f"http://studio.example:{server.port}/")


async def test_a_body_that_breaks_off_is_a_failed_connection(server: HostileServer, client: FederationClient) -> None:
    async def break_off(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
        await writer.drain()
        writer.close()

    server.answers["/"] = break_off
    with pytest.raises(ConnectionFailed):
        await client.get(f"http://studio.example:{server.port}/")


async def test_failures_have_names(client: FederationClient, unused_port: int) -> None:
    with pytest.raises(NameUnknown):
        await client.get("http://unknown.example/")
    with pytest.raises(ConnectionFailed, match=r"studio\.example: Connection refused"):
        await client.get(f"http://studio.example:{unused_port}/")


@pytest.mark.parametrize(
    "url", ["", "studio.example", "https://", "https:///x", "mailto:a@b", "https://\x00/", "https://a b/", "//x"]
)
async def test_what_is_no_url_is_refused(client: FederationClient, url: str) -> None:
    with pytest.raises(UrlRefused):
        await client.get(url)


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


async def test_the_guard_stands_before_an_in_memory_network_too() -> None:
    asked: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json={})

    client = FederationClient(httpx.MockTransport(answer), AddressGuard(), "test")
    assert (await client.get("https://studio.example/users/mara")).ok
    for url in ("https://127.0.0.1/", "http://studio.example/", "https://u:p@studio.example/", "https://0x7f.1/"):
        with pytest.raises(UrlRefused):
            await client.get(url)
    assert asked == ["https://studio.example/users/mara"]


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

    client = FederationClient(httpx.MockTransport(fail), AddressGuard(), "test")
    with pytest.raises(expected):
        await client.get("https://studio.example/")
