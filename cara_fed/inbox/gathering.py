"""What a handler needs from other servers, fetched within a budget before its transaction begins."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from activitypub.documents import Json, types_of
from activitypub.identifiers import Site
from activitypub.notes import RemotePost
from cara_fed.federation.budgets import Budget
from cara_fed.federation.errors import NotServed
from cara_fed.federation.resolver import Resolver
from cara_fed.services import Services
from storage.follows import HOPED_FOR
from storage.remote_actors import RemoteActor

FETCHES_PER_ACTIVITY: Final = 6


@dataclass(frozen=True, slots=True)
class QuoteEvidence:
    """What the server of a quoted post says: the post with its author, and the authorization that the quote names."""

    document: Json | None = None
    author: RemoteActor | None = None
    authorization: Json | None = None


NO_EVIDENCE: Final = QuoteEvidence()


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was fetched, or nothing. `document` is the object as its own server, or its owner, tells it."""

    document: Json | None = None
    author: RemoteActor | None = None
    is_gone: bool = False
    """The object's server says that it is no more."""
    quote: QuoteEvidence = NO_EVIDENCE
    post: RemotePost | None = None
    """The document read as a post, where it has been."""


NOTHING: Final = Gathered()

KnownActors: TypeAlias = dict[str, RemoteActor]
"""Actors by id, as they were read for several activities at once."""


class Gatherer:
    """Fetches for one activity. Raises a FetchError, a ProtocolError or RefusedByBlocklist."""

    def __init__(self, services: Services, resolver: Resolver, known: KnownActors | None = None) -> None:
        self._services = services
        self._resolver = resolver
        self._known = {} if known is None else known
        self._budget = Budget(FETCHES_PER_ACTIVITY)

    @property
    def site(self) -> Site:
        """The addresses of this instance."""
        return self._services.site

    async def actor(self, actor_id: str, *, refresh: bool = False) -> RemoteActor | None:
        """The actor as its server tells it, known or fetched; None for one of this instance."""
        if self.site.is_local(actor_id):
            return None
        known = self._known.get(actor_id)
        if refresh or known is None or not self._resolver.is_fresh(known):
            known = await self._resolver.actor(actor_id, self._budget, refresh=refresh)
            self._known[actor_id] = known
        return known

    async def keep_actor(self, document: Json) -> RemoteActor:
        """Keep an actor's document that the actor sent."""
        kept = await self._resolver.keep_actor(document)
        self._known[kept.actor_id] = kept
        return kept

    async def fetch(self, object_id: str) -> Gathered:
        """An object from its own server; gone where that server says so, in either way."""
        try:
            document = await self._resolver.fetch_document(object_id, self._budget)
        except NotServed as error:
            if not error.gone:
                raise
            return Gathered(is_gone=True)
        return Gathered(is_gone=True) if "Tombstone" in types_of(document) else Gathered(document)

    async def is_followed(self, actor_id: str) -> bool:
        """Whether an artist here follows this actor, or asked to."""
        async with self._services.database.reading() as records:
            return bool(await records.following.find_by_actor(actor_id, *HOPED_FOR))

    async def is_known(self, object_id: str) -> bool:
        """Whether the post is here already, deleted ones included."""
        async with self._services.database.reading() as records:
            return await records.posts.find(object_id) is not None
