"""The outbound client as tests open it: names from a table, loopback allowed, short times."""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_network

from cara_fed.federation.addresses import AddressGuard
from cara_fed.federation.client import ClientLimits, FederationClient, make_user_agent
from cara_fed.federation.transports import ConnectionLimits, Lookup, PinnedTransport, build_tls_context

LOOPBACK = AddressGuard((ip_network("127.0.0.0/8"),), allow_http=True)
TLS = build_tls_context()
NAMES = {
    "studio.example": ["127.0.0.1"],
    "inside.example": ["10.0.0.7"],
    "mixed.example": ["8.8.8.8", "10.0.0.7"],
    "public.example": ["8.8.8.8"],
    "metadata.example": ["169.254.169.254"],
    "both.example": ["127.0.0.9", "127.0.0.1"],
    "localhost": ["127.0.0.1", "::1"],
}


async def look_up_in_table(host: str, port: int) -> Sequence[str]:
    """The addresses of a name that tests know; OSError for any other."""
    if host not in NAMES:
        raise OSError("no such name")
    return NAMES[host]


@asynccontextmanager
async def open_client(
    guard: AddressGuard = LOOPBACK,
    tls: ssl.SSLContext = TLS,
    seconds: float = 5.0,
    lookup: Lookup = look_up_in_table,
    connections: ConnectionLimits | None = None,
    **limits: int,
) -> AsyncIterator[FederationClient]:
    """A client; ``limits`` are those of ClientLimits."""
    transport = PinnedTransport(guard, tls, connections or ConnectionLimits(connect_seconds=1), lookup)
    agent = make_user_agent("1.0", "https://home.example")
    client = FederationClient(transport, guard, agent, ClientLimits(total_seconds=seconds, **limits))
    try:
        yield client
    finally:
        await client.aclose()
