"""The harvester: a small server with one actor and real keys, that follows and fetches what it can get."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

from activitypub.activities import build_follow
from activitypub.documents import dump_document
from activitypub.keys import PrivateKey, generate_rsa
from activitypub.vocabulary import AS2, SECURITY
from cara_fed.accounts.keyring import SigningKey
from cara_fed.clock import Clock
from cara_fed.federation.addresses import AddressGuard
from cara_fed.federation.client import FederationClient, Response, Signer
from cara_fed.federation.signing import make_signer
from cara_fed.federation.transports import PinnedTransport, build_tls_context

MAX_REQUEST = 16 * 1024
ACTIVITY_JSON = "application/activity+json"


@dataclass(frozen=True, slots=True)
class Harvester:
    """Asks like any other server: with its own signature, or without."""

    base: str
    client: FederationClient
    private_key: PrivateKey = field(default_factory=generate_rsa)

    @property
    def actor_id(self) -> str:
        """Who it says it is."""
        return f"{self.base}/users/harvester"

    async def follow(self, actor_id: str) -> Response:
        """Ask to follow somebody."""
        follow = build_follow(activity_id=f"{self.actor_id}/follows/1", actor_id=self.actor_id, target_id=actor_id)
        headers = {"content-type": ACTIVITY_JSON}
        return await self.client.post(f"{actor_id}/inbox", dump_document(follow), headers, signer=self._signer())

    async def fetch(self, id: str, *, signed: bool) -> Response:
        """Ask for a document."""
        return await self.client.get(id, signer=self._signer() if signed else None)

    def actor_document(self) -> bytes:
        """Its actor, for those who check its signatures."""
        key = {"id": f"{self.actor_id}#main-key", "owner": self.actor_id, "publicKeyPem": self.private_key.public_pem}
        return dump_document(
            {
                "@context": [AS2, SECURITY],
                "id": self.actor_id,
                "type": "Service",
                "preferredUsername": "harvester",
                "inbox": f"{self.actor_id}/inbox",
                "publicKey": key,
            }
        )

    def _signer(self) -> Signer:
        return make_signer(SigningKey(f"{self.actor_id}#main-key", self.private_key), Clock())


@asynccontextmanager
async def harvesting(port: int) -> AsyncIterator[Harvester]:
    """A harvester on a port of the loopback interface, for as long as the block lasts."""
    client = open_client("harvester/1.0")
    harvester = Harvester(f"http://127.0.0.1:{port}", client)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = harvester.actor_document()
        head = (
            "HTTP/1.1 200 OK",
            f"content-type: {ACTIVITY_JSON}",
            f"content-length: {len(body)}",
            "connection: close",
        )
        writer.write("\r\n".join((*head, "", "")).encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port, limit=MAX_REQUEST)
    try:
        async with server:
            yield harvester
    finally:
        await client.aclose()


def open_client(user_agent: str) -> FederationClient:
    """An outbound client that may reach this machine, and nothing else of anybody's network."""
    guard = AddressGuard((ip_network("127.0.0.0/8"), ip_network("::1/128")), allow_http=True)
    return FederationClient(PinnedTransport(guard, build_tls_context()), guard, user_agent)
