"""The head of a request is held to a size and a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from uvicorn.server import ServerState

from cara_fed import heads
from cara_fed.asgi import Receive, Scope, Send
from cara_fed.heads import MAX_HEAD_BYTES, BoundedHeads

REQUEST = b"GET / HTTP/1.1\r\nhost: studio.example\r\n"


async def greet(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    config = uvicorn.Config(greet, http=BoundedHeads, lifespan="off", log_config=None)
    config.load()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: BoundedHeads(config, ServerState(), {}), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield reader, writer
    finally:
        writer.close()
        server.close()
        await server.wait_closed()


async def test_several_requests_are_answered_on_one_connection() -> None:
    async with connected() as (reader, writer):
        for _ in range(3):
            writer.write(REQUEST + b"x: " + b"a" * (MAX_HEAD_BYTES // 2) + b"\r\n\r\n")
            assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("end", [b"\r\n\r\n", b""], ids=["whole", "unfinished"])
@pytest.mark.parametrize(
    "head",
    [b"x: " + b"a" * 3 * MAX_HEAD_BYTES, b"x: aaaaaaaa\r\n" * (MAX_HEAD_BYTES // 8)],
    ids=["one header", "many headers"],
)
async def test_a_large_head_is_refused(head: bytes, end: bytes) -> None:
    async with connected() as (reader, writer):
        writer.write(REQUEST + head + end)
        try:
            answer = await asyncio.wait_for(reader.read(), 5)
        except ConnectionResetError:  # it was closed before all had come
            answer = b""
        assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("begun", [b"", REQUEST])
async def test_a_slow_head_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    monkeypatch.setattr(heads, "HEAD_SECONDS", 0.05)
    async with connected() as (reader, writer):
        writer.write(begun)
        assert await asyncio.wait_for(reader.read(), 5) == b""
