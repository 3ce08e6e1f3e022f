"""The beginning of a request, held to a size and a time: uvicorn's protocol sets no bound to either."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES: Final = 64 * 1024
"""Request line and headers together."""

HEAD_SECONDS: Final = 30
"""How long a client may take to send them."""


class HeadTooLarge(ValueError):
    """Raised inside the parser, which answers 400 and closes the connection."""


class BoundedHeads(HttpToolsProtocol):
    """One connection that is closed where the head of a request is too large or too slow."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._in_head = True
        self._unfinished_bytes = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The client has this long to send its first head."""
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came; a head that is not whole yet is counted."""
        super().data_received(data)
        if not self._in_head or self.transport.is_closing():
            return
        self._unfinished_bytes += len(data)
        if self._unfinished_bytes > MAX_HEAD_BYTES:
            self.send_400_response("The headers are too large.")

    def on_message_begin(self) -> None:
        """The next head begins."""
        super().on_message_begin()
        self._in_head = True
        self._unfinished_bytes = 0
        self._start_timer()

    def on_headers_complete(self) -> None:
        """The head is whole; raises HeadTooLarge where it came in one large piece."""
        self._in_head = False
        self._stop_timer()
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD_BYTES:
            raise HeadTooLarge
        super().on_headers_complete()

    def _start_timer(self) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
