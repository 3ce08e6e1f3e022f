"""Other servers' actors: found by id, handle, key or page, fetched when needed, kept in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from activitypub.actors import RemoteActor, accepts_rfc9421, read_actor
from activitypub.documents import Json, types_of
from activitypub.errors import IdUnacceptable
from activitypub.identifiers import Handle
from activitypub.keys import read_key
from activitypub.origins import IdRule, netloc_of, require_same_origin
from activitypub.vocabulary import ACTOR_TYPES
from cara_fed.blocklist.guard import REVISION
from cara_fed.federation.budgets import Budget
from cara_fed.federation.discovery import Discovery
from cara_fed.federation.documents import DocumentFetcher
from cara_fed.services import Services
from cara_fed.translate.remote import actor_row, key_rows
from storage.remote_actors import RemoteActor as ActorRow
from storage.remote_keys import RemoteKey

ACTOR_IS_FRESH_FOR: Final = timedelta(days=7)
FETCHES_PER_SEARCH: Final = 8


@dataclass(frozen=True, slots=True)
class _Kept:
    actor: ActorRow
    keys: Sequence[RemoteKey]


class Resolver:
    """Finds remote actors. Raises a FetchError, a ProtocolError or RefusedByBlocklist where it cannot."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._documents = DocumentFetcher(services)
        self._rule = IdRule(allow_http=services.site.scheme == "http")
        self._discovery = Discovery(self._documents, allow_http=self._rule.allow_http)

    async def fetch_document(self, id: str, budget: Budget) -> Json:
        """The document with this id, from its own server."""
        return await self._documents.fetch(id, budget)

    async def actor(self, actor_id: str, budget: Budget, *, refresh: bool = False) -> ActorRow:
        """The actor, as known from the last week unless `refresh`, else as its server tells it now."""
        known = None if refresh else await self._find(actor_id)
        if known is not None and self.is_fresh(known):
            return known
        return (await self._keep(await self._documents.fetch(actor_id, budget))).actor

    def is_fresh(self, actor: ActorRow) -> bool:
        """Whether an actor need not be asked for again."""
        return actor.gone_at is None and self._services.clock.now() - actor.fetched_at < ACTOR_IS_FRESH_FOR

    async def fetch_keys(self, key_id: str, budget: Budget) -> Sequence[RemoteKey]:
        """Every key of the owner of this one, as the owner's own document gives them now.

        The key may stand in its owner's document, or be a document of its own (GoToSocial: `…/main-key`).
        """
        document = await self._documents.fetch(key_id, budget)
        owner = read_key(document, key_id).owner
        require_same_origin(key_id, owner)
        if document["id"] != owner or not ACTOR_TYPES.intersection(types_of(document)):
            document = await self._documents.fetch(owner, budget)
        return (await self._keep(document)).keys

    async def find_by_handle(self, handle: Handle) -> ActorRow:
        """Who answers to a handle, by WebFinger, when their server and the handle's agree about it."""
        budget = Budget(FETCHES_PER_SEARCH)
        found = await self._discovery.finger(handle, budget)
        document = await self._documents.fetch(found.actor_id, budget)
        await self._discovery.require_agreement(found, read_actor(document), budget)
        return (await self._keep(document, found.handle)).actor

    async def find_by_url(self, url: str) -> Json:
        """The document behind an id or a page's URL of another server."""
        return await self._discovery.find_by_url(url, Budget(FETCHES_PER_SEARCH))

    async def keep_actor(self, document: Json) -> ActorRow:
        """Keep an actor's document that its owner sent or its server served."""
        return (await self._keep(document)).actor

    async def _find(self, actor_id: str) -> ActorRow | None:
        async with self._services.database.reading() as records:
            return await records.remote_actors.find(actor_id)

    async def _keep(self, document: Json, handle: Handle | None = None) -> _Kept:
        actor = self._require_usable(read_actor(document))
        now = self._services.clock.now()
        keys = key_rows(document, actor.actor_id, now)
        async with self._services.database.unit_of_work() as records:
            known = await records.remote_actors.find(actor.actor_id)
            domain = handle.domain if handle else known.domain if known else ""
            row = actor_row(actor, document, pk=self._services.clock.new_pk(), now=now, domain=domain)
            row = await records.remote_actors.record(row)
            await records.remote_keys.replace_for_actor(actor.actor_id, keys)
            if self._services.blocklist.note_names(actor.actor_id, _other_names(row)):
                await records.revisions.bump(REVISION)  # other processes are to see it, and follows to be suspended
        if accepts_rfc9421(document):
            await self._services.generations.hear_rfc9421(netloc_of(actor.actor_id))
        return _Kept(row, keys)

    def _require_usable(self, actor: RemoteActor) -> RemoteActor:
        for id in (actor.actor_id, actor.inbox, *([actor.shared_inbox] if actor.shared_inbox else ())):
            self._rule.require(id)
            if self._services.site.is_local(id):
                raise IdUnacceptable("another server's actor cannot live here")
        return actor


def _other_names(actor: ActorRow) -> tuple[str, ...]:
    return (*actor.also_known_as, *([actor.moved_to] if actor.moved_to else ()))
