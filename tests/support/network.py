"""An in-memory network: every server of a story by its netloc, and no other host in the world."""

from dataclasses import dataclass, field

import httpx

from cara_fed.asgi import App


@dataclass(frozen=True)
class Exchange:
    """One request between two servers and the status of its answer."""

    method: str
    url: str
    status: int
    request: httpx.Request = field(repr=False)


@dataclass
class Network(httpx.AsyncBaseTransport):
    """Routes requests to ASGI applications; ``exchanges`` keeps what went over it, oldest first."""

    servers: dict[str, App] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    unplugged: set[str] = field(default_factory=set)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        netloc = request.url.netloc.decode()
        if netloc not in self.servers or netloc in self.unplugged:
            raise httpx.ConnectError(f"there is no server {netloc} in this story", request=request)
        response = await httpx.ASGITransport(self.servers[netloc]).handle_async_request(request)
        self.exchanges.append(Exchange(request.method, str(request.url), response.status_code, request))
        return response

    def seen(self, method: str, netloc: str) -> list[str]:
        """The paths that were asked of a server by this method."""
        urls = [httpx.URL(exchange.url) for exchange in self.exchanges if exchange.method == method]
        return [url.path for url in urls if url.netloc.decode() == netloc]
