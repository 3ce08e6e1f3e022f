"""POSTs per CPU-second of the sending process, over each transport the outbound client could stand on.

Run it with ``python -m tests.benchmarks.bench_transports``; the receiver on loopback is a process of its own.
"""

import asyncio
import multiprocessing
import sys
import time
from collections.abc import Callable
from ipaddress import ip_network
from multiprocessing.connection import Connection

import httpx
from httpx_aiohttp import AiohttpTransport

from cara_fed.federation.addresses import AddressGuard
from cara_fed.federation.client import FederationClient
from cara_fed.federation.over_httpx import OverHttpx
from cara_fed.federation.transports import PinnedTransport, build_tls_context
from cara_fed.federation.wire import Transport

REQUESTS = 4000
ROUNDS = 3
AT_A_TIME = 16
BODY = b'{"type":"Create","object":"' + b"x" * 2500 + b'"}'
HEADERS = {
    "date": "Sat, 21 Nov 2026 12:00:00 GMT",
    "digest": "SHA-256=" + "A" * 43 + "=",
    "content-type": "application/activity+json",
    "signature": 'keyId="https://studio.example/users/mara#main-key",signature="' + "A" * 344 + '"',
}
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nContent-Type: text/plain\r\n\r\n"
GUARD = AddressGuard((ip_network("127.0.0.0/8"),), allow_http=True)

TRANSPORTS: dict[str, Callable[[], Transport]] = {
    "httpx": lambda: OverHttpx(httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=200))),
    "httpx-aiohttp": lambda: OverHttpx(AiohttpTransport(limits=httpx.Limits(max_connections=200))),
    "pinned": lambda: PinnedTransport(GUARD, build_tls_context()),
}


class _Inbox(asyncio.Protocol):
    """Answers 202 whenever a whole request of the known size has come."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        _, separator, body = self.buffer.partition(b"\r\n\r\n")
        if separator and len(body) >= len(BODY):
            self.buffer = b""
            self.transport.write(ACCEPTED)  # type: ignore[attr-defined]


def _receive(port_to: Connection) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(_Inbox, "127.0.0.1", 0)
        port_to.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


async def _post_all(client: FederationClient, url: str, count: int) -> None:
    async def post_some() -> None:
        for _ in range(count // AT_A_TIME):
            response = await client.post(url, BODY, HEADERS)
            assert response.status == 202

    await asyncio.gather(*(post_some() for _ in range(AT_A_TIME)))


async def _measure(build: Callable[[], Transport], url: str) -> float:
    client = FederationClient(build(), GUARD, "cara_fed/bench (+https://studio.example/)")
    await _post_all(client, url, REQUESTS // 10)
    started = time.process_time()
    await _post_all(client, url, REQUESTS)
    spent = time.process_time() - started
    await client.aclose()
    return REQUESTS / spent


def measure_all() -> dict[str, float]:
    """POSTs per CPU-second by transport, the best of a few rounds, all in one run."""
    port_from, port_to = multiprocessing.Pipe(duplex=False)
    receiver = multiprocessing.Process(target=_receive, args=(port_to,), daemon=True)
    receiver.start()
    url = f"http://127.0.0.1:{port_from.recv()}/inbox"
    try:
        return {
            name: max(asyncio.run(_measure(build, url)) for _ in range(ROUNDS)) for name, build in TRANSPORTS.items()
        }
    finally:
        receiver.terminate()
        receiver.join()


def main() -> None:
    figures = measure_all()
    for name, rate in figures.items():
        sys.stdout.write(f"{name:14} {rate:7.0f} POSTs per CPU-second   {rate / figures['httpx']:5.2f} x httpx\n")


if __name__ == "__main__":
    main()
