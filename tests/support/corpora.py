"""Corpora: documents that other projects test with, posted and served as if the servers in them were there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from activitypub.documents import as_list, dump_document, first, id_of, types_of
from activitypub.errors import ProtocolError
from activitypub.keys import PrivateKey
from activitypub.notes import read_post
from activitypub.origins import IdRule, netloc_of
from activitypub.vocabulary import ACTOR_TYPES, AS2, POST_TYPES
from cara_fed.asgi import Answer, Receive, Scope, Send
from cara_fed.endpoints.requests import read_target
from tests.support.clocks import StoryTime
from tests.support.network import Network
from tests.support.sending import ACTIVITY_JSON, Signing, send

Json = dict[str, Any]
_RULE = IdRule(allow_http=False)


@dataclass
class Corpus:
    """Every server of a folder of documents, with one key for all; what it has no document for is not there."""

    folder: Path
    network: Network
    time: StoryTime
    private_key: PrivateKey
    documents: dict[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for document in self.read():
            for part in (document, first(document.get("object"))):
                if isinstance(part, dict) and types_of(part) and "actor" not in part:
                    self._serve(part)

    def read(self) -> Iterator[Json]:
        """Every JSON object in the folder, whatever it is; its servers all speak TLS."""
        for path in sorted(self.folder.rglob("*.json")):
            text = path.read_bytes().replace(b"http://", b"https://").replace(b"https://www.w3", b"http://www.w3")
            try:
                document = json.loads(text)
            except ValueError:
                continue
            if isinstance(document, dict):
                yield document

    def activities(self) -> Iterator[Json]:
        """Every activity, and a Create of every post by its author; what ends something comes last."""
        yield from sorted(
            self._read_activities(), key=lambda activity: activity.get("type") in ("Delete", "Block", "Undo")
        )

    def _read_activities(self) -> Iterator[Json]:
        for number, document in enumerate(self.read()):
            types = set(types_of(document))
            if types & POST_TYPES:
                author = _find_author(document)
                if author is not None:
                    create = {"@context": AS2, "type": "Create", "id": f"{author}#create-{number}", "actor": author}
                    yield {**create, "object": document, "to": as_list(document.get("to"))}
            elif "actor" in document and not types & ACTOR_TYPES:
                yield document

    async def post(self, inbox: str, activity: Json) -> httpx.Response:
        """Deliver an activity, signed by its actor's key where it has a usable actor."""
        actor_id = id_of(first(activity["actor"])) or ""
        if _RULE.accepts(actor_id):
            self._serve_actor(actor_id)
        signing = Signing(f"{actor_id}#corpus-key", self.private_key)
        return await send(self.network, "POST", inbox, signing, self.time.now, body=dump_document(activity))

    async def __call__(self, scope: Scope, receive: Receive, sender: Send) -> None:
        """Any of the servers."""
        host = dict(scope["headers"]).get(b"host", b"").decode()
        document = self.documents.get(f"https://{host}{read_target(scope)}".rstrip("/"))
        if document is None:
            await Answer(202 if scope["method"] == "POST" else 404).send(sender)
        else:
            await Answer(200, dump_document(document), ((b"content-type", ACTIVITY_JSON.encode()),)).send(sender)

    def _serve(self, document: Json) -> None:
        id = document.get("id")
        if isinstance(id, str) and _RULE.accepts(id):
            self.documents.setdefault(id.partition("#")[0].rstrip("/"), document)
            self.network.servers.setdefault(netloc_of(id), self)

    def _serve_actor(self, actor_id: str) -> None:
        """The actor, with whatever of it the documents tell, and the key that signs for it."""
        known = self.documents.pop(actor_id.rstrip("/"), {})
        told = known if set(types_of(known)) & ACTOR_TYPES else {}
        bare = {"type": "Person", "inbox": f"{actor_id}/inbox", "preferredUsername": "somebody"}
        key = {"id": f"{actor_id}#corpus-key", "owner": actor_id, "publicKeyPem": self.private_key.public_pem}
        self._serve({**bare, **told, "id": actor_id, "publicKey": key})


def _find_author(document: Json) -> str | None:
    try:
        author = read_post(document).actor_id
    except ProtocolError:
        return None
    return author if _RULE.accepts(author) else None
