"""The outbound client and answers that are too large, too slow, broken, or not HTTP at all."""

import asyncio
import gzip
import zlib

import pytest

from cara_fed.federation.client import FederationClient
from cara_fed.federation.errors import ConnectionFailed, FetchTimeout, ResponseMalformed, ResponseTooLarge
from tests.support.clients import open_client
from tests.support.hostile import HostileServer, Request, ok


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
