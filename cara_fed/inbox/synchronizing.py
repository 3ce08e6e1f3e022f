"""Followers collection synchronisation (FEP-8fcf), inbound: both sides come to know the same follows.

Those that the other side has no more end here too; of those that it has and we do not, it is told the end.
"""

import logging
from collections import OrderedDict
from datetime import timedelta
from typing import Final

from activitypub.activities import build_follow, build_undo
from activitypub.audience import Visibility
from activitypub.collections import read_collection, read_items
from activitypub.documents import Json
from activitypub.errors import ProtocolError
from activitypub.identifiers import ArtistRef
from activitypub.origins import netloc_of, same_origin
from activitypub.synchronization import Synchronization, digest_followers
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.delivery.fan_out import Recipients
from cara_fed.federation.budgets import Budget, HostRates
from cara_fed.federation.errors import FetchError
from cara_fed.federation.resolver import Resolver
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.services import Services
from storage.artists import Artist
from storage.follows import ACCEPTED, PENDING, SUSPENDED
from storage.records import Records

log = logging.getLogger(__name__)

FETCHES: Final = 4
PER_HOST_AND_HOUR: Final = 12
MOST_UNKNOWN: Final = 500


class Synchronizer:
    """Compares what senders stated with the follows here. One for each process."""

    def __init__(self, services: Services, resolver: Resolver) -> None:
        self._services = services
        self._resolver = resolver
        self._rates = HostRates(PER_HOST_AND_HOUR, window=timedelta(hours=1))

    async def work_once(self) -> bool:
        """Take up one stated digest; False when none waits. What cannot be compared now comes with the next post."""
        stated: OrderedDict[str, Synchronization] = self._services.synchronizations
        if not stated:
            return False
        actor_id, synchronization = stated.popitem(last=False)
        try:
            await self._compare(actor_id, synchronization)
        except (FetchError, ProtocolError, RefusedByBlocklist) as error:
            log.info("the follows of %s could not be compared: %s", actor_id, error)
        return True

    async def _compare(self, actor_id: str, stated: Synchronization) -> None:
        async with self._services.database.reading() as records:
            actor = await records.remote_actors.find(actor_id)
            known = await self._followers_here(records, actor_id)
        if actor is None or actor.followers != stated.collection_id or not same_origin(stated.url, actor_id):
            return
        if digest_followers(known) == stated.digest:
            return
        self._rates.spend(netloc_of(actor_id), self._services.clock.now())
        theirs = await self._fetch(stated.url)
        # What is not the list that the digest was made from is no reason to end anything.
        if digest_followers(theirs) == stated.digest:
            await self._end_stale(actor_id, theirs)
            await self._settle_unknown(actor_id, theirs)

    async def _fetch(self, url: str) -> set[str]:
        """Every item of the partial collection; raises BudgetSpent or DocumentTooDeep where it goes on and on."""
        budget, pages = Budget(FETCHES), dict[str, Json]()
        collection = await self._resolver.fetch_document(url, budget)
        following = read_collection(collection).next_id
        while following is not None and following not in pages:
            pages[following] = await self._resolver.fetch_document(following, budget)
            following = read_collection(pages[following]).next_id
        return {item for item in read_items(collection, pages) if isinstance(item, str)}

    async def _end_stale(self, actor_id: str, theirs: set[str]) -> None:
        async with self._services.database.unit_of_work() as records:
            for follower_id, artist_pk in (await self._followers_here(records, actor_id)).items():
                if follower_id not in theirs:
                    log.info("%s does not know %s as a follower: the follow ends", actor_id, follower_id)
                    await records.following.remove(artist_pk, actor_id)

    async def _settle_unknown(self, actor_id: str, theirs: set[str]) -> None:
        """Whom they take for a follower: somebody who asked, and was accepted without our hearing, or nobody."""
        services, site = self._services, self._services.site
        async with services.database.unit_of_work() as records:
            for follower_id in sorted(theirs)[:MOST_UNKNOWN]:
                located = site.locate(follower_id)
                artist = await records.artists.find(located.name) if isinstance(located, ArtistRef) else None
                known = await records.following.find(artist.pk, actor_id) if artist else None
                if artist is None or (known is not None and known.state in (ACCEPTED, SUSPENDED)):
                    continue
                if known is not None and known.state == PENDING:
                    await records.following.set_state(artist.pk, actor_id, ACCEPTED)
                else:
                    log.info("%s takes %s for a follower, who is none", actor_id, follower_id)
                    await self._undo(records, artist, actor_id)
        wake_workers(services)

    async def _undo(self, records: Records, artist: Artist, actor_id: str) -> None:
        """Take back a follow whose id is not known here: Mastodon, too, goes by who followed whom."""
        services, site = self._services, self._services.site
        follow_id = site.activity(artist.name, services.clock.new_pk())
        follow = build_follow(activity_id=follow_id, actor_id=site.actor(artist.name), target_id=actor_id)
        undo = build_undo(follow, activity_id=site.activity(artist.name, services.clock.new_pk()))
        recipients = Recipients(actor_ids=(actor_id,), personal=True)
        await send_out(
            records,
            services,
            undo,
            recipients,
            artist_pk=artist.pk,
            object_id=follow_id,
            audience=Visibility.DIRECT,
        )

    async def _followers_here(self, records: Records, actor_id: str) -> dict[str, int]:
        """The artists here who follow the actor: their ids and keys."""
        follows = await records.following.find_by_actor(actor_id)
        artists = [await records.artists.get_by_pk(follow.artist_pk) for follow in follows]
        return {self._services.site.actor(artist.name): artist.pk for artist in artists}
