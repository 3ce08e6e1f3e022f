"""Raw ASGI, for the paths that are too hot for a framework: read a bounded body, send a whole answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]


class BodyTooLarge(Exception):
    """More bytes came than the route takes."""


class BodyTooSlow(Exception):
    """The body did not come within its time."""


class ClientGone(Exception):
    """The client hung up before its body was whole."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response: an HTTP status, headers as ASGI wants them (lower-case bytes), a body."""

    status: int
    body: bytes = b""
    headers: tuple[Header, ...] = ()

    async def send(self, send: Send, *, head_only: bool = False) -> None:
        """Send it; ``head_only`` keeps Content-Length and leaves the body out, as HEAD wants it."""
        # A 304 stands for another answer, whose length is not that of its own empty body.
        length = () if self.status == 304 else ((b"content-length", str(len(self.body)).encode()),)
        headers: Iterable[Header] = (*self.headers, *length)
        await send({"type": "http.response.start", "status": self.status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": b"" if head_only else self.body})


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header called ``name`` (lower case), or None."""
    return next((value for key, value in scope["headers"] if key == name), None)


async def read_body(scope: Scope, receive: Receive, *, max_bytes: int, seconds: float) -> bytes:
    """The request's body; raises :class:`BodyTooLarge`, :class:`BodyTooSlow` or :class:`ClientGone`."""
    declared = header(scope, b"content-length")
    if declared is not None and (not declared.isdigit() or int(declared) > max_bytes):
        raise BodyTooLarge
    try:
        async with asyncio.timeout(seconds):
            return await _read_chunks(receive, max_bytes)
    except TimeoutError:
        raise BodyTooSlow from None


async def _read_chunks(receive: Receive, max_bytes: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > max_bytes:
            raise BodyTooLarge
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)
