"""A server on loopback that answers raw bytes, as badly as a test wants it to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    """What came: the request line's parts as sent, headers with lower-case names, the body."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HostileServer:
    """Answers by target; ``requests`` keeps what was asked."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def says(self, target: str, raw: bytes) -> None:
        """Answer ``target`` with these bytes, headers and all."""

        async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
            writer.write(raw)

        self.answers[target] = answer

    def redirects(self, target: str, location: str, status: int = 302) -> None:
        """Answer ``target`` with a redirect."""
        self.says(
            target, b"HTTP/1.1 %d Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, location.encode())
        )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while request := await _read_request(reader):
                self.requests.append(request)
                await self.answers.get(request.target, _not_found)(request, writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def ok(body: bytes, headers: bytes = b"Content-Type: application/activity+json\r\n") -> bytes:
    """A plain 200 with this body."""
    return b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (headers, len(body), body)


@asynccontextmanager
async def hostile_server(tls: object = None) -> AsyncIterator[HostileServer]:
    """Serve on a free port of 127.0.0.1 for as long as the block lasts."""
    server = HostileServer()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server
        listening.close()


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    line = await reader.readline()
    if not line:
        return None
    method, target, _ = line.decode("latin-1").split(" ", 2)
    headers: dict[str, str] = {}
    while field_line := (await reader.readline()).strip():
        name, _, value = field_line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body)


async def _not_found(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found")
