"""The sockets under the outbound client: a connection goes only to an address that the guard has seen."""

import asyncio
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

from cara_fed.federation.addresses import Address, AddressGuard, read_literal
from cara_fed.federation.connections import Connection, KeptConnections, Unanswered
from cara_fed.federation.errors import ConnectionFailed, FetchError, FetchTimeout, NameUnknown, TlsFailed
from cara_fed.federation.wire import Answer, Bounds, Origin, Place, Request
from cara_fed.words.speech import _

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]

# Lookups of a hostile name server are slow on purpose and cannot be cancelled: they get threads of their own.
_LOOKUP_THREADS = ThreadPoolExecutor(max_workers=32, thread_name_prefix="lookup")


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Seconds for connecting to one address (TLS included); connections in use, in all and by origin; those kept."""

    connect_seconds: float = 8.0
    connections: int = 200
    connections_per_origin: int = 32
    kept: int = 200
    kept_seconds: float = 30.0


async def look_up(host: str, port: int) -> Sequence[str]:
    """The host's addresses as the system's resolver gives them; raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_LOOKUP_THREADS, _getaddrinfo, host, port)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def _getaddrinfo(host: str, port: int) -> list[Any]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def build_tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """The system's certificate authorities, and those of ``ca_file`` (PEM) besides; raises OSError or ssl.SSLError."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


@dataclass(slots=True)
class _Crowd:
    """Who wants to ask one origin at this moment."""

    turns: asyncio.Semaphore
    members: int = 0


@dataclass(slots=True)
class PinnedTransport:
    """Asks over HTTP/1.1, and connects only where :class:`AddressGuard` allows.

    A name is looked up here and each of its addresses judged; the event loop is given the address that was judged,
    so that no second lookup can come between. docs/decisions/outbound-transport.md says why this is our own.
    """

    guard: AddressGuard
    tls: ssl.SSLContext
    limits: ConnectionLimits = field(default_factory=ConnectionLimits)
    lookup: Lookup = look_up
    _kept: KeptConnections = field(init=False)
    _turns: asyncio.Semaphore = field(init=False)
    _crowds: dict[Origin, _Crowd] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._kept = KeptConnections(self.limits.kept, self.limits.kept_seconds)
        self._turns = asyncio.Semaphore(self.limits.connections)

    async def exchange(self, request: Request, bounds: Bounds) -> Answer:
        """Send one request. Raises a :class:`~cara_fed.federation.errors.FetchError` that names the host."""
        origin, crowd = request.place.origin, self._join(request.place.origin)
        try:
            async with crowd.turns, self._turns:
                return await self._ask(request.place, _write(request), bounds)
        except FetchError as error:
            raise type(error)(f"{request.place.host}: {error}") from error
        finally:
            crowd.members -= 1
            if not crowd.members:
                del self._crowds[origin]

    async def aclose(self) -> None:
        """Close what is kept."""
        self._kept.close_all()

    def _join(self, origin: Origin) -> _Crowd:
        crowd = self._crowds.get(origin)
        if crowd is None:
            crowd = self._crowds[origin] = _Crowd(asyncio.Semaphore(self.limits.connections_per_origin))
        crowd.members += 1
        return crowd

    async def _ask(self, place: Place, request: bytes, bounds: Bounds) -> Answer:
        """Ask over a kept connection or a new one.

        One that the other side was just closing is given up for the next: nothing of the request was answered, and a
        delivery that arrives twice has one effect.
        """
        while (kept := self._kept.take(place.origin)) is not None:
            try:
                return await self._ask_over(kept, place, request, bounds)
            except Unanswered:
                continue
        return await self._ask_over(await self._connect(place), place, request, bounds)

    async def _ask_over(self, connection: Connection, place: Place, request: bytes, bounds: Bounds) -> Answer:
        answer = await connection.ask(request, bounds)
        self._kept.give(place.origin, connection)
        return answer

    async def _connect(self, place: Place) -> Connection:
        """A connection to the first of the place's addresses that takes one."""
        failure: FetchError = NameUnknown(_("it has no address"))
        for address in await self._find_addresses(place):
            try:
                return await self._connect_to(address, place)
            except (ConnectionFailed, FetchTimeout) as error:
                failure = error
        raise failure

    async def _find_addresses(self, place: Place) -> Sequence[Address]:
        scheme, host, port = place.origin
        literal = read_literal(host)
        if literal is not None:
            return (literal,)
        try:
            answers = await self.lookup(host, port)
        except OSError:
            raise NameUnknown(_("it has no address")) from None
        return self.guard.require_usable(scheme, host, [ip_address(answer) for answer in answers])

    async def _connect_to(self, address: Address, place: Place) -> Connection:
        scheme, host, port = place.origin
        self.guard.require_address(scheme, address)
        tls, name = (self.tls, host) if scheme == "https" else (None, None)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.limits.connect_seconds):
                _transport, connection = await loop.create_connection(
                    Connection, str(address), port, ssl=tls, server_hostname=name
                )
                return connection
        except TimeoutError:
            raise FetchTimeout(_("no connection in time")) from None
        except ssl.SSLError as error:
            raise TlsFailed(_tls_reason(error)) from error
        except OSError as error:
            raise ConnectionFailed(_reason(error)) from error


def _write(request: Request) -> bytes:
    """The request as it is sent. Raises ValueError where a header would be more than one line."""
    lines = [f"{request.method} {request.place.target} HTTP/1.1", f"host: {request.place.authority}"]
    lines.extend(f"{name}: {value}" for name, value in request.headers.items())
    if request.body is not None:
        lines.append(f"content-length: {len(request.body)}")
    head = "\r\n".join(lines)
    if head.count("\n") >= len(lines) or head.count("\r") >= len(lines):
        raise ValueError("a header of a request holds a line break")
    return b"".join((head.encode("latin-1"), b"\r\n\r\n", request.body or b""))


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)[:200] or _("the connection broke")


def _tls_reason(error: ssl.SSLError) -> str:
    return cast(str, getattr(error, "verify_message", "") or error.reason or _("TLS failed"))
