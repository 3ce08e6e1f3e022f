"""Other software as peers: servers that answer with the documents of tests/documents, signed with keys of their own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from activitypub.documents import as_list, dump_document, first, id_of
from activitypub.keys import PrivateKey
from activitypub.vocabulary import ACTOR_TYPES, POST_TYPES
from cara_fed.asgi import Answer, Receive, Scope, Send
from cara_fed.endpoints.requests import read_target
from tests.support.clocks import StoryTime
from tests.support.network import Network
from tests.support.sending import ACTIVITY_JSON, Signing, send

Json = dict[str, Any]

DOCUMENTS = Path(__file__).parents[1] / "documents"
SOFTWARE = sorted(folder.name for folder in DOCUMENTS.iterdir() if folder.is_dir())
# The instance that the documents are about.
ABOUT = "studio.example"
# What has to come first for the rest to make sense; everything else follows by name.
ORDER = ("follow", "create", "like", "announce", "update", "undo", "delete_")


@dataclass
class Peer:
    """One server as this software would be; everything it says has one key."""

    software: str
    network: Network
    time: StoryTime
    private_key: PrivateKey
    documents: dict[str, Json] = field(default_factory=dict)
    """By id: actors with the peer's own key, and posts."""

    def __post_init__(self) -> None:
        for document in (json.loads(path.read_text()) for path in sorted((DOCUMENTS / self.software).glob("*.json"))):
            self._learn(document)
            self._learn(first(document.get("object")))
        for activity in self.activities().values():
            self._learn_actor(str(id_of(activity["actor"])))

    def activities(self) -> dict[str, Json]:
        """Every activity of this software by the name of its file, in an order that makes sense."""
        found = {path.stem: json.loads(path.read_text()) for path in (DOCUMENTS / self.software).glob("*.json")}
        named = {name: document for name, document in found.items() if _is_activity(document)}
        return dict(sorted(named.items(), key=lambda item: (_place(item[0]), item[0])))

    def posts(self) -> Iterator[tuple[str, Json]]:
        """(actor id, post) of what it publishes by a Create."""
        for name, activity in self.activities().items():
            if activity["type"] == "Create" and name != "vote":
                yield str(id_of(activity["actor"])), activity["object"]

    async def post(self, inbox: str, activity: Json) -> httpx.Response:
        """Deliver an activity, signed by its actor's key."""
        key_id = first(self.documents[str(id_of(activity["actor"]))]["publicKey"])["id"]
        signing = Signing(key_id, self.private_key)
        return await send(self.network, "POST", inbox, signing, self.time.now, body=dump_document(activity))

    async def __call__(self, scope: Scope, receive: Receive, sender: Send) -> None:
        """The server itself."""
        id = f"{scope['scheme']}://{scope['server'][0]}{read_target(scope)}"
        document = self.documents.get(id)
        if scope["method"] == "POST":
            await Answer(202).send(sender)
        elif document is None:
            await Answer(404).send(sender)
        else:
            await Answer(200, dump_document(document), ((b"content-type", ACTIVITY_JSON.encode()),)).send(sender)

    def _learn(self, document: object) -> None:
        if not isinstance(document, dict) or not isinstance(document.get("id"), str):
            return
        if httpx.URL(document["id"]).netloc.decode() == ABOUT:
            return
        types = set(as_list(document.get("type")))
        if types & ACTOR_TYPES and "inbox" in document:
            self._serve(self._with_own_key(document))
        elif types & POST_TYPES and "actor" not in document:
            self._serve(document)

    def _learn_actor(self, actor_id: str) -> None:
        if actor_id not in self.documents:
            bare = {"id": actor_id, "type": "Person", "inbox": f"{actor_id}/inbox", "preferredUsername": "somebody"}
            self._serve(self._with_own_key(bare))

    def _serve(self, document: Json) -> None:
        self.documents.setdefault(document["id"], document)
        for key in as_list(document.get("publicKey")):
            self.documents.setdefault(key["id"].partition("#")[0], document)  # GoToSocial's keys have addresses
        self.network.servers[httpx.URL(document["id"]).netloc.decode()] = self

    def _with_own_key(self, actor: Json) -> Json:
        stated = first(actor.get("publicKey"))
        key_id = stated["id"] if isinstance(stated, dict) else f"{actor['id']}#main-key"
        key = {"id": key_id, "owner": actor["id"], "publicKeyPem": self.private_key.public_pem}
        return {**actor, "publicKey": key}


def _is_activity(document: Json) -> bool:
    return "actor" in document and not set(as_list(document.get("type"))) & (ACTOR_TYPES | POST_TYPES)


def _place(name: str) -> int:
    return next((place for place, beginning in enumerate(ORDER) if name.startswith(beginning)), len(ORDER))
