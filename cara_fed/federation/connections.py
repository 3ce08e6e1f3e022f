"""Connections to other servers: one exchange at a time on each, and some kept open for the next."""

import asyncio
from collections import OrderedDict
from typing import cast

from cara_fed.federation.answers import AnswerReader
from cara_fed.federation.errors import ConnectionFailed, FetchError
from cara_fed.federation.wire import Answer, Bounds, Origin
from cara_fed.words.speech import _


class Unanswered(ConnectionFailed):
    """The connection ended before a byte of the answer came."""


class Connection(asyncio.Protocol):
    """One connection, made by the event loop."""

    def __init__(self) -> None:
        self._reader = AnswerReader()
        self._answer: asyncio.Future[Answer] | None = None

    @property
    def is_open(self) -> bool:
        """Whether another request may be sent over it."""
        return not self._transport.is_closing()

    async def ask(self, request: bytes, bounds: Bounds) -> Answer:
        """Send a request and wait for its answer. Raises a FetchError, Unanswered among them.

        Where the wait is given up, or the answer is cut, the connection is closed.
        """
        self._reader.begin(bounds)
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await self._answer
        finally:
            self._answer = None
            if not self._reader.may_go_on or self._transport.get_write_buffer_size():
                self._transport.abort()

    def close(self) -> None:
        """Close it in order."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._answer is None:  # nobody asked
            self._transport.abort()
            return
        try:
            self._reader.feed(data)
            if self._reader.is_complete:
                self._tell(self._reader.answer())
        except FetchError as error:
            self._tell(error)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is None:
            return
        if not self._reader.is_begun:
            self._tell(Unanswered(_("the connection ended without an answer")))
            return
        try:
            self._reader.end()
            self._tell(self._reader.answer())
        except FetchError as reason:
            self._tell(reason)

    def _tell(self, outcome: Answer | FetchError) -> None:
        if self._answer is None or self._answer.done():
            return
        if isinstance(outcome, Answer):
            self._answer.set_result(outcome)
        else:
            self._answer.set_exception(outcome)


class KeptConnections:
    """Connections that wait for their next use: so many, for so many seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._kept: OrderedDict[Connection, tuple[Origin, float]] = OrderedDict()
        self._by_origin: dict[Origin, list[Connection]] = {}
        self._sweeping: asyncio.TimerHandle | None = None

    def take(self, origin: Origin) -> Connection | None:
        """The one that was used last for this origin, if any is open still."""
        while connections := self._by_origin.get(origin):
            connection = connections[-1]
            self._drop(connection)
            if connection.is_open:
                return connection
        return None

    def give(self, origin: Origin, connection: Connection) -> None:
        """Keep one, if it is open still."""
        if not connection.is_open:
            return
        loop = asyncio.get_running_loop()
        self._kept[connection] = origin, loop.time() + self._seconds
        self._by_origin.setdefault(origin, []).append(connection)
        if len(self._kept) > self._most:
            self._close_oldest()
        if self._sweeping is None:
            self._sweeping = loop.call_later(self._seconds, self._sweep)

    def close_all(self) -> None:
        """Close every one of them."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        while self._kept:
            self._close_oldest()

    def _sweep(self) -> None:
        self._sweeping = None
        loop = asyncio.get_running_loop()
        while self._kept and self._next_end() <= loop.time():
            self._close_oldest()
        if self._kept:
            self._sweeping = loop.call_at(self._next_end(), self._sweep)

    def _next_end(self) -> float:
        return next(iter(self._kept.values()))[1]

    def _close_oldest(self) -> None:
        oldest = next(iter(self._kept))
        self._drop(oldest)
        oldest.close()

    def _drop(self, connection: Connection) -> None:
        origin, _ = self._kept.pop(connection)
        connections = self._by_origin[origin]
        connections.remove(connection)
        if not connections:
            del self._by_origin[origin]
