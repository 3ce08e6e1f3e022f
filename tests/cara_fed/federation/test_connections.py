"""Connections of the outbound client: kept, given up when they went stale, and never good for two answers."""

import asyncio

import pytest

from cara_fed.federation.addresses import AddressGuard
from cara_fed.federation.client import FederationClient
from cara_fed.federation.errors import ConnectionFailed, FetchTimeout, ResponseMalformed
from cara_fed.federation.transports import ConnectionLimits, PinnedTransport
from cara_fed.federation.wire import Bounds, Place, Request
from tests.support.clients import LOOPBACK, TLS, open_client
from tests.support.hostile import HostileServer, hostile_server, ok
from tests.support.hostile import Request as Received

ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


async def test_a_kept_connection_that_was_closed_meanwhile_is_replaced(
    server: HostileServer, client: FederationClient
) -> None:
    """The other side closes at the very moment at which the second request is on its way."""

    async def accept_once(request: Received, writer: asyncio.StreamWriter) -> None:
        if len(server.requests) == 2:
            writer.close()
        else:
            writer.write(ACCEPTED)

    server.answers["/inbox"] = accept_once
    url = f"http://studio.example:{server.port}/inbox"
    for _ in range(3):
        assert (await client.post(url, b"{}", {})).status == 202
    assert [request.body for request in server.requests] == [b"{}"] * 4
    assert server.connections == 2


async def test_a_new_connection_that_ends_without_an_answer_has_failed(
    server: HostileServer, client: FederationClient
) -> None:
    async def hang_up(request: Received, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server.answers["/inbox"] = hang_up
    with pytest.raises(ConnectionFailed, match=r"studio\.example: .* without an answer"):
        await client.post(f"http://studio.example:{server.port}/inbox", b"{}", {})
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "raw",
    [
        ACCEPTED + ACCEPTED,
        ACCEPTED + b"more than was said",
        b"HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 202 Accepted\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["two answers", "more than one", "closing", "HTTP/1.0"],
)
async def test_a_connection_that_is_not_in_order_is_not_used_again(
    server: HostileServer, client: FederationClient, raw: bytes
) -> None:
    server.says("/inbox", raw)
    for _ in range(2):
        assert (await client.post(f"http://studio.example:{server.port}/inbox", b"{}", {})).status == 202
    assert server.connections == 2


async def test_what_comes_unasked_is_nobodys_answer(server: HostileServer, client: FederationClient) -> None:
    async def answer_and_chatter(request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(ACCEPTED)
        await writer.drain()
        asyncio.get_running_loop().call_later(0.02, writer.write, b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")

    server.answers["/inbox"] = answer_and_chatter
    url = f"http://studio.example:{server.port}/inbox"
    assert (await client.post(url, b"{}", {})).status == 202
    await asyncio.sleep(0.05)
    assert (await client.post(url, b"{}", {})).status == 202


async def test_what_is_said_before_the_answer_is_passed_over(server: HostileServer, client: FederationClient) -> None:
    server.says("/", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok(b"{}"))
    response = await client.get(f"http://studio.example:{server.port}/")
    assert (response.status, response.body) == (200, b"{}")
    assert "link" not in response.headers


async def test_another_protocol_is_not_spoken(server: HostileServer, client: FederationClient) -> None:
    server.says("/", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    with pytest.raises(ResponseMalformed):
        await client.get(f"http://studio.example:{server.port}/")


async def test_a_body_may_end_with_its_connection(server: HostileServer, client: FederationClient) -> None:
    async def answer_and_close(request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it")
        await writer.drain()
        writer.close()

    server.answers["/"] = answer_and_close
    assert (await client.get(f"http://studio.example:{server.port}/")).body == b"all of it"


async def test_repeated_headers_are_joined(server: HostileServer, client: FederationClient) -> None:
    server.says("/", ok(b"{}", b"Link: <a>\r\nLINK: <b>\r\n"))
    assert (await client.get(f"http://studio.example:{server.port}/")).headers["link"] == "<a>, <b>"


async def test_the_next_address_is_asked_where_one_does_not_answer(
    server: HostileServer, client: FederationClient
) -> None:
    server.says("/", ok(b"{}"))
    assert (await client.get(f"http://both.example:{server.port}/")).ok


async def test_each_origin_has_so_many_connections(server: HostileServer) -> None:
    under_way, most = 0, 0

    async def count(request: Received, writer: asyncio.StreamWriter) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        writer.write(ACCEPTED)

    server.answers["/inbox"] = count
    async with open_client(connections=ConnectionLimits(connections_per_origin=3, kept=2)) as client:
        url = f"http://studio.example:{server.port}/inbox"
        answers = await asyncio.gather(*(client.post(url, b"{}", {}) for _ in range(12)))
    assert [answer.status for answer in answers] == [202] * 12
    assert most == 3


async def test_what_is_kept_too_long_is_closed(server: HostileServer) -> None:
    server.says("/", ok(b"{}"))
    async with open_client(connections=ConnectionLimits(kept_seconds=0.02)) as client:
        for _ in range(2):
            await client.get(f"http://studio.example:{server.port}/")
            await asyncio.sleep(0.06)
    assert server.connections == 2


async def test_a_request_that_was_given_up_leaves_nothing_for_the_next(server: HostileServer) -> None:
    async def answer_late(request: Received, writer: asyncio.StreamWriter) -> None:
        if len(server.requests) == 1:
            await asyncio.sleep(0.3)
        writer.write(ok(b"%d" % len(server.requests)))

    server.answers["/"] = answer_late
    async with open_client(seconds=0.15) as client:
        with pytest.raises(FetchTimeout):
            await client.get(f"http://studio.example:{server.port}/")
        assert (await client.get(f"http://studio.example:{server.port}/")).body == b"2"


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\rb"])
async def test_a_header_of_two_lines_is_never_sent(server: HostileServer, value: str) -> None:
    transport = PinnedTransport(LOOPBACK, TLS)
    place = Place(f"http://127.0.0.1:{server.port}/", ("http", "127.0.0.1", server.port), "127.0.0.1", "/")
    with pytest.raises(ValueError, match="line break"):
        await transport.exchange(Request("GET", place, {"signature": value}), Bounds(10, 10, 1000))
    assert server.connections == 0


async def test_the_address_is_judged_where_the_connection_is_made() -> None:
    """Whatever stood before it: the transport alone refuses, too."""
    transport = PinnedTransport(AddressGuard(), TLS)
    async with hostile_server() as server:
        place = Place(f"http://127.0.0.1:{server.port}/", ("http", "127.0.0.1", server.port), "127.0.0.1", "/")
        with pytest.raises(Exception, match="not a public address"):
            await transport.exchange(Request("GET", place, {}), Bounds(10, 10, 1000))
        assert server.connections == 0
