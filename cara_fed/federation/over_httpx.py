"""Any httpx transport under the outbound client, such as a network in memory, or one that goes through a proxy."""

from typing import cast

import httpx

from cara_fed.federation.errors import ConnectionFailed, FetchTimeout, ResponseTooLarge
from cara_fed.federation.wire import Answer, Bounds, Request, join_headers, most_bytes
from cara_fed.words.speech import _


class OverHttpx:
    """Carries requests by a transport of httpx, whose failures it names."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def exchange(self, request: Request, bounds: Bounds) -> Answer:
        """Send one request. Raises a :class:`~cara_fed.federation.errors.FetchError`."""
        sent = httpx.Request(request.method, request.place.url, headers=request.headers, content=request.body)
        try:
            response = await self._transport.handle_async_request(sent)
            try:
                return await _read(response, bounds)
            finally:
                await response.aclose()
        except httpx.TimeoutException:
            raise FetchTimeout(_("%(host)s did not answer in time", host=request.place.host)) from None
        except httpx.TransportError as error:
            raise ConnectionFailed(f"{request.place.host}: {error}") from error

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()


async def _read(response: httpx.Response, bounds: Bounds) -> Answer:
    fields = response.headers.raw
    if sum(len(name) + len(value) + 4 for name, value in fields) > bounds.headers:
        raise ResponseTooLarge(f"more than {bounds.headers} bytes of headers")
    status, headers, most = response.status_code, join_headers(fields), most_bytes(response.status_code, bounds)
    body = bytearray()
    async for chunk in cast(httpx.AsyncByteStream, response.stream):  # raw, and whether or not it was read before
        body += chunk
        if len(body) > most:
            return Answer(status, headers, bytes(body[:most]), is_whole=False)
    return Answer(status, headers, bytes(body))
