"""Strangers: bare servers of one actor that serve, sign and send whatever a test wants, good or bad."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from activitypub.documents import dump_document
from activitypub.keys import PrivateKey
from cara_fed.asgi import Answer, Receive, Scope, Send, read_body
from tests.support.clocks import StoryTime
from tests.support.network import Network
from tests.support.sending import ACTIVITY_JSON, Change, Signing, send

Json = dict[str, Any]
AS2 = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{AS2}#Public"


@dataclass(frozen=True)
class Received:
    """What came to an inbox of a stranger."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Stranger:
    """A server with one actor, ``eve`` unless named otherwise. It verifies nothing and keeps what it gets."""

    domain: str
    network: Network
    time: StoryTime
    private_key: PrivateKey
    name: str = "eve"
    documents: dict[str, Answer] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.network.servers[self.domain] = self
        self.serve(f"/users/{self.name}", self.actor_document())

    @property
    def base(self) -> str:
        return f"https://{self.domain}"

    @property
    def actor(self) -> str:
        return f"{self.base}/users/{self.name}"

    @property
    def signing(self) -> Signing:
        return Signing(f"{self.actor}#main-key", self.private_key)

    def actor_document(self, **changes: Any) -> Json:
        """The actor as a small server would describe it."""
        key = {"id": f"{self.actor}#main-key", "owner": self.actor, "publicKeyPem": self.private_key.public_pem}
        whole = {
            "@context": [AS2, "https://w3id.org/security/v1"],
            "id": self.actor,
            "type": "Person",
            "preferredUsername": self.name,
            "inbox": f"{self.actor}/inbox",
            "followers": f"{self.actor}/followers",
            "publicKey": key,
        }
        return {**whole, **changes}

    def note(self, number: int, **changes: Any) -> Json:
        """A public Note of the actor."""
        return {
            "id": f"{self.actor}/notes/{number}",
            "type": "Note",
            "attributedTo": self.actor,
            "to": [PUBLIC],
            "cc": [f"{self.actor}/followers"],
            "published": "2026-11-22T11:00:00Z",
            "content": f"<p>note {number}</p>",
            **changes,
        }

    def activity(self, type_: str, object_: Any, number: int = 1, **changes: Any) -> Json:
        """An activity of the actor."""
        return {
            "@context": AS2,
            "id": f"{self.actor}/{type_.lower()}s/{number}",
            "type": type_,
            "actor": self.actor,
            "object": object_,
            **changes,
        }

    def documents_received(self) -> list[Json]:
        """What came to the actor's inboxes, oldest first."""
        return [json.loads(received.body) for received in self.received]

    def serve(self, path: str, document: Json | bytes, *, type_: str = ACTIVITY_JSON, status: int = 200) -> None:
        """Answer GETs of the path with this document from now on."""
        body = document if isinstance(document, bytes) else dump_document(document)
        self.documents[path] = Answer(status, body, ((b"content-type", type_.encode()),))

    async def post(
        self,
        inbox: str,
        document: Json | bytes,
        *,
        signing: Signing | None = None,
        change: Change | None = None,
        headers: dict[str, str] | None = None,
        unsigned: bool = False,
    ) -> httpx.Response:
        """Send something to an inbox, signed with the actor's own key unless told otherwise."""
        body = document if isinstance(document, bytes) else dump_document(document)
        by = None if unsigned else signing or self.signing
        return await send(self.network, "POST", inbox, by, self.time.now, body=body, change=change, headers=headers)

    async def get(self, url: str, *, signing: Signing | None = None, change: Change | None = None) -> httpx.Response:
        """Ask for a document, signed."""
        return await send(self.network, "GET", url, signing or self.signing, self.time.now, change=change)

    async def __call__(self, scope: Scope, receive: Receive, sender: Send) -> None:
        """The server itself: answers what it serves, takes what is posted."""
        if scope["method"] == "POST":
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            body = await read_body(scope, receive, max_bytes=2**24, seconds=5)
            self.received.append(Received(scope["path"], headers, body))
            await Answer(202).send(sender)
        else:
            await self.documents.get(scope["path"], Answer(404)).send(sender)
