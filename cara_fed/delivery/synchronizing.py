"""Followers collection synchronisation (FEP-8fcf), outbound: what a followers-only post says beside itself."""

from collections.abc import Iterable

from activitypub.audience import Visibility
from activitypub.identifiers import CollectionKind, Site
from activitypub.signatures import Headers
from activitypub.synchronization import HEADER, Synchronization, digest_followers, write_synchronization
from storage.deliveries import Leased
from storage.outbox_log import OutboxActivity
from storage.records import Records


async def state_followers(
    records: Records, site: Site, pairs: Iterable[tuple[Leased, OutboxActivity]]
) -> dict[int, Headers]:
    """The header for each of these deliveries that goes to followers alone, by the delivery's key."""
    return {
        delivery.pk: await _state(records, site, activity.artist_pk, delivery.receiver_netloc)
        for delivery, activity in pairs
        if activity.audience == Visibility.FOLLOWERS and activity.artist_pk is not None
    }


async def _state(records: Records, site: Site, artist_pk: int, netloc: str) -> Headers:
    name = (await records.artists.get_by_pk(artist_pk)).name
    followers = await records.followers.find_ids_at(artist_pk, netloc)
    url = site.collection(name, CollectionKind.FOLLOWERS_SYNCHRONIZATION)
    stated = Synchronization(site.followers(name), url, digest_followers(followers))
    return ((HEADER, write_synchronization(stated)),)
