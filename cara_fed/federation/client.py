"""The only way out: every request to another server is made here, guarded, bounded and signed."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import httpx

from cara_fed.federation.addresses import AddressGuard
from cara_fed.federation.bodies import decode_body, decode_start
from cara_fed.federation.errors import FetchTimeout, TooManyRedirects, UrlRefused
from cara_fed.federation.wire import Bounds, Place, Request, Transport
from cara_fed.words.speech import _

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
    Nothing keeps cookies, follows redirects by itself or reads proxy variables.
    """

    def __init__(
        self,
        transport: Transport,
        guard: AddressGuard,
        user_agent: str,
        limits: ClientLimits | None = None,
    ) -> None:
        self._transport = transport
        self._guard = guard
        self._limits = limits or ClientLimits()
        self._headers = {"user-agent": user_agent, "accept-encoding": "gzip"}
        self._receipts = Bounds(
            self._limits.max_receipt_bytes, self._limits.max_receipt_bytes, self._limits.max_header_bytes
        )
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
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                for _step in range(self._limits.max_redirects + 1):
                    if judge is not None:
                        judge(asked.url)
                    response = await self._get_once(asked, wanted, signer, max_bytes)
                    target = _redirect_target(response)
                    if target is None:
                        return response
                    asked = self._read_url(target)
        except TimeoutError:
            raise self._too_late(asked) from None
        raise TooManyRedirects(
            _("%(host)s: more than %(limit)s redirects", host=asked.host, limit=self._limits.max_redirects)
        )

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, signer: Signer | None = None
    ) -> Response:
        """POST ``body`` once. A redirect is returned, never followed: it would give the body to another address.

        Of the answer's body only the beginning is kept. Raises a :class:`~cara_fed.federation.errors.FetchError`.
        """
        asked = self._read_url(url)
        request = self._sign("POST", asked, headers, signer, body)
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                answer = await self._transport.exchange(request, self._receipts)
        except TimeoutError:
            raise self._too_late(asked) from None
        start = decode_start(answer, self._limits.max_receipt_bytes) if answer.body else b""
        return Response(answer.status, answer.headers, start, asked.url)

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()

    async def _get_once(
        self, asked: Place, headers: Mapping[str, str], signer: Signer | None, max_bytes: int
    ) -> Response:
        # What cannot be compressed grows a little where it is; all is counted once more as it comes out.
        bounds = replace(self._receipts, success=max_bytes + max_bytes // 1000 + 100)
        answer = await self._transport.exchange(self._sign("GET", asked, headers, signer), bounds)
        if 200 <= answer.status < 300:
            body = decode_body(answer, max_bytes)
        else:
            body = decode_start(answer, self._limits.max_receipt_bytes)
        return Response(answer.status, answer.headers, body, asked.url)

    def _sign(
        self, method: str, asked: Place, headers: Mapping[str, str], signer: Signer | None, body: bytes | None = None
    ) -> Request:
        signed = signer(method, asked.url, body) if signer else {}
        return Request(method, asked, {**self._headers, **headers, **signed}, body)

    def _take_apart(self, url: str) -> Place:
        try:
            read = _as_sent(httpx.URL(url))
        except (httpx.InvalidURL, ValueError) as error:
            raise UrlRefused(_("%(url)s is not a URL", url=repr(url[:200]))) from error
        self._guard.require_url(read.scheme, read.raw_host.decode("ascii"), read.userinfo.decode("ascii"))
        return Place.of(read)

    def _too_late(self, asked: Place) -> FetchTimeout:
        return FetchTimeout(
            _(
                "%(host)s did not answer within %(seconds)s seconds",
                host=asked.host,
                seconds=f"{self._limits.total_seconds:g}",
            )
        )


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
        raise UrlRefused(_("redirected to %(location)s, which is not a URL", location=repr(location[:200]))) from error
