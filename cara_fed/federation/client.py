"""The only way out: every request to another server is made here, guarded, bounded and signed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache

import httpx

from cara_fed.federation.addresses import AddressGuard
from cara_fed.federation.bodies import read_body, read_start
from cara_fed.federation.errors import (
    ConnectionFailed,
    FetchTimeout,
    ResponseTooLarge,
    TooManyRedirects,
    UrlRefused,
)

ACTIVITY_ACCEPT = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
URLS_IN_MEMORY = 4096
REDIRECTS = frozenset({301, 302, 303, 307, 308})

Signer = Callable[[str, str, bytes | None], Mapping[str, str]]
"""(method, url exactly as it will be sent, body or None) → the headers to add. Asked anew for every hop."""

Judge = Callable[[str], None]
"""The URL about to be asked → None, or raises. Asked anew for every hop: a listed server may stand behind one."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: its HTTP status, headers (lower-case names, repeated ones joined by ", "), body and final URL."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str

    @property
    def ok(self) -> bool:
        """Whether the status is one of success, 200 to 299."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The Content-Type in lower case without parameters, "" if there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """Seconds for one call with all its redirects, how many of those, bytes of headers, and of a receipt's body."""

    total_seconds: float = 20.0
    max_redirects: int = 3
    max_header_bytes: int = 32 * 1024
    max_receipt_bytes: int = 16 * 1024


def make_user_agent(version: str, base: str) -> str:
    """How this instance names itself; ``base`` is its address, as ``https://studio.example``."""
    return f"cara_fed/{version} (+{base}/)"


class FederationClient:
    """Asks other servers, over a transport that is handed in.

    The guard judges scheme, credentials and literal hosts here, for every hop, whatever the transport is; what names
    resolve to is judged in :class:`~cara_fed.federation.transports.PinnedTransport`, where connections are made.
    There is no httpx client above the transport: nothing keeps cookies, follows redirects or reads proxy variables.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        guard: AddressGuard,
        user_agent: str,
        limits: ClientLimits | None = None,
    ) -> None:
        self._transport = transport
        self._guard = guard
        self._limits = limits or ClientLimits()
        self._headers = {"user-agent": user_agent, "accept-encoding": "gzip"}
        # Inboxes are asked again and again, and taking a URL apart costs as much as a good part of its signature.
        self._read_url = lru_cache(maxsize=URLS_IN_MEMORY)(self._take_apart)

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        accept: str = ACTIVITY_ACCEPT,
        max_bytes: int = 1024 * 1024,
        signer: Signer | None = None,
        judge: Judge | None = None,
    ) -> Response:
        """GET ``url``, following a few redirects, each judged and signed like the first request.

        A successful answer larger than ``max_bytes`` raises :class:`ResponseTooLarge`; of any other answer only the
        body's beginning is kept. Raises a :class:`~cara_fed.federation.errors.FetchError`.
        """
        asked = self._read_url(url)
        wanted = {**(headers or {}), "accept": accept}
        async with self._within_time(asked):
            for _ in range(self._limits.max_redirects + 1):
                if judge is not None:
                    judge(str(asked))
                response = await self._exchange("GET", asked, None, wanted, signer, max_bytes)
                target = _redirect_target(response)
                if target is None:
                    return response
                asked = self._read_url(target)
        raise TooManyRedirects(f"{asked.host}: more than {self._limits.max_redirects} redirects")

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, signer: Signer | None = None
    ) -> Response:
        """POST ``body`` once. A redirect is returned, never followed: it would give the body to another address.

        Of the answer's body only the beginning is kept. Raises a :class:`~cara_fed.federation.errors.FetchError`.
        """
        asked = self._read_url(url)
        async with self._within_time(asked):
            return await self._exchange("POST", asked, body, headers, signer)

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()

    def _take_apart(self, url: str) -> httpx.URL:
        try:
            read = _as_sent(httpx.URL(url))
        except (httpx.InvalidURL, ValueError) as error:
            raise UrlRefused(f"{url[:200]!r} is not a URL") from error
        self._guard.require_url(read.scheme, read.raw_host.decode("ascii"), read.userinfo.decode("ascii"))
        return read

    @asynccontextmanager
    async def _within_time(self, url: httpx.URL) -> AsyncIterator[None]:
        seconds = self._limits.total_seconds
        try:
            async with asyncio.timeout(seconds):
                yield
        except (TimeoutError, httpx.TimeoutException):
            raise FetchTimeout(f"{url.host} did not answer within {seconds:g} seconds") from None
        except httpx.TransportError as error:
            raise ConnectionFailed(f"{url.host}: {error}") from error

    async def _exchange(
        self,
        method: str,
        url: httpx.URL,
        body: bytes | None,
        headers: Mapping[str, str],
        signer: Signer | None,
        max_bytes: int = 0,
    ) -> Response:
        signed = signer(method, str(url), body) if signer else {}
        request = httpx.Request(method, url, headers={**self._headers, **headers, **signed}, content=body)
        response = await self._transport.handle_async_request(request)
        try:
            self._require_small_headers(url, response)
            if method == "GET" and response.is_success:
                content = await read_body(response, max_bytes)
            else:
                content = await read_start(response, self._limits.max_receipt_bytes)
        finally:
            await response.aclose()
        return Response(response.status_code, dict(response.headers), content, str(url))

    def _require_small_headers(self, url: httpx.URL, response: httpx.Response) -> None:
        size = sum(len(name) + len(value) + 4 for name, value in response.headers.raw)
        if size > self._limits.max_header_bytes:
            raise ResponseTooLarge(f"{url.host}: {size} bytes of headers")


def _as_sent(url: httpx.URL) -> httpx.URL:
    """The URL without what is not sent, and with what is: no fragment, no empty query, a path. So it is signed, too."""
    url = url.copy_with(fragment=None, query=url.query or None)
    return url.copy_with(path="/") if url.path == "/" else url


def _redirect_target(response: Response) -> str | None:
    location = response.headers.get("location")
    if response.status not in REDIRECTS or not location:
        return None
    try:
        return str(httpx.URL(response.url).join(location))
    except httpx.InvalidURL as error:
        raise UrlRefused(f"redirected to {location[:200]!r}, which is not a URL") from error
