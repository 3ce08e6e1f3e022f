"""The sockets under the outbound client: a connection goes only to an address that the guard has seen."""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

import aiohttp
import httpx
import yarl
from aiohttp.abc import AbstractResolver, ResolveResult

from cara_fed.federation.addresses import AddressGuard
from cara_fed.federation.errors import (
    ConnectionFailed,
    FetchTimeout,
    NameUnknown,
    ResponseMalformed,
    TlsFailed,
    UrlRefused,
)

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]

# Lookups of a hostile name server are slow on purpose and cannot be cancelled: they get threads of their own.
_LOOKUP_THREADS = ThreadPoolExecutor(max_workers=32, thread_name_prefix="lookup")

_OUR_OWN_HEADERS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Seconds for connecting (TLS included) and between two reads; connections at a time; bytes of a header field."""

    connect_seconds: float = 8.0
    idle_seconds: float = 15.0
    connections: int = 200
    connections_per_host: int = 32
    keepalive_seconds: float = 30.0
    header_field_bytes: int = 8190
    header_fields: int = 128


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


class PinnedTransport(httpx.AsyncBaseTransport):
    """An httpx transport over aiohttp that connects only where :class:`AddressGuard` allows.

    Names are looked up and judged inside the connector, and the address of every socket is judged once more when the
    socket is made, so that neither a second lookup nor a literal host comes past the guard. http and https have
    sessions of their own, as they have rules of their own. aiohttp's sessions send about six times as much in a
    CPU-second as httpx's own transport (tests/benchmarks/bench_transports.py); httpx-aiohttp, as fast, would tell a
    refused connection as a timeout and rewrite the URL that was signed.
    """

    def __init__(
        self,
        guard: AddressGuard,
        tls: ssl.SSLContext,
        limits: ConnectionLimits | None = None,
        lookup: Lookup = look_up,
    ) -> None:
        self._guard = guard
        self._tls = tls
        self._limits = limits or ConnectionLimits()
        self._lookup = lookup
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises a :class:`~cara_fed.federation.errors.FetchError`."""
        target = yarl.URL(str(request.url), encoded=True)  # else %7e is sent as ~, which is not what was signed
        with _named_failures(request.url.host):
            response = await self._session(request.url.scheme).request(
                request.method,
                target,
                headers=request.headers.multi_items(),
                data=request.content or None,
                allow_redirects=False,
            )
        return httpx.Response(response.status, headers=list(response.raw_headers), stream=_Body(response))

    async def aclose(self) -> None:
        """Close every connection."""
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            await session.close()

    def _session(self, scheme: str) -> aiohttp.ClientSession:
        if scheme not in self._sessions:
            self._sessions[scheme] = self._open_session(scheme)
        return self._sessions[scheme]

    def _open_session(self, scheme: str) -> aiohttp.ClientSession:
        limits = self._limits
        connector = aiohttp.TCPConnector(
            resolver=_GuardedResolver(self._guard, scheme, self._lookup),
            socket_factory=self._socket_factory(scheme),
            ssl=self._tls,
            limit=limits.connections,
            limit_per_host=limits.connections_per_host,
            keepalive_timeout=limits.keepalive_seconds,
        )
        return aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(sock_connect=limits.connect_seconds, sock_read=limits.idle_seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=_OUR_OWN_HEADERS,
            max_line_size=limits.header_field_bytes,
            max_field_size=limits.header_field_bytes,
            max_headers=limits.header_fields,
        )

    def _socket_factory(self, scheme: str) -> Callable[[Any], socket.socket]:
        def open_socket(info: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
            family, kind, protocol, _, address = info
            self._guard.require_address(scheme, ip_address(address[0]))
            return socket.socket(family=family, type=kind, proto=protocol)

        return open_socket


class _GuardedResolver(AbstractResolver):
    """Answers aiohttp with the usable addresses only, so that it connects to what was judged."""

    def __init__(self, guard: AddressGuard, scheme: str, lookup: Lookup) -> None:
        self._guard = guard
        self._scheme = scheme
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        answers = [ip_address(answer) for answer in await self._lookup(host, port)]
        usable = self._guard.require_usable(self._scheme, host, answers)
        return [_resolved(host, str(address), port) for address in usable]

    async def close(self) -> None:
        """Nothing is held."""


def _resolved(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=socket.IPPROTO_TCP, flags=socket.AI_NUMERICHOST
    )


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _named_failures(self._response.url.host or ""):
            async for chunk in self._response.content.iter_any():
                yield chunk

    async def aclose(self) -> None:
        self._response.close()  # keeps the connection where the body was read to its end, else cuts it


@contextmanager
def _named_failures(host: str) -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise FetchTimeout(f"{host} did not answer in time") from None
    except aiohttp.ClientConnectorDNSError:
        raise NameUnknown(f"{host} has no address") from None
    except (aiohttp.ClientSSLError, ssl.SSLError) as error:
        raise TlsFailed(f"{host}: {_tls_reason(error)}") from error
    except aiohttp.InvalidURL as error:
        raise UrlRefused(f"{host}: not a URL that can be asked") from error
    except aiohttp.ClientResponseError as error:
        raise ResponseMalformed(f"{host}: {error.message[:200] or 'not an HTTP answer'}") from error
    except (aiohttp.ClientError, OSError) as error:
        raise ConnectionFailed(f"{host}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return str(error)[:200] or "the connection broke"


def _tls_reason(error: Exception) -> str:
    cause = error.__cause__ or error
    return cast(str, getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or "TLS failed")
