"""What waits to be sent to somebody who was listed meanwhile: cancelled, with the reason kept."""

from collections.abc import Iterable

from activitypub.documents import ids_of, parse_document
from activitypub.errors import IdUnacceptable
from activitypub.origins import netloc_of
from cara_fed.blocklist.coverage import Listed
from cara_fed.blocklist.policy import Listing
from cara_fed.capabilities import WEB_HOST_NUMBER
from cara_fed.services import Services
from storage.enforcement import FAREWELL, Address
from storage.outbox_log import OutboxActivity
from storage.records import Records


def describe_listing(listing: Listing) -> str:
    """Why nothing is sent, for those who look at the queue."""
    return f"{listing.key} is listed: {listing.reason}"


async def cancel_queued(records: Records, services: Services) -> int:
    """Cancel what waits for inboxes, servers and actors that are listed, but for farewells; how many."""
    now, cancelled = services.clock.now(), 0
    for address in await records.enforcement.find_addresses():
        receiver = address.receiver_actor_id or address.receiver_netloc
        if listing := services.blocklist.find_refusing(receiver, address.inbox):
            reason = describe_listing(listing)
            cancelled += await records.enforcement.cancel(address, now, reason, but_audience=FAREWELL)
    return cancelled


async def cancel_for_lone_followers(records: Records, services: Services, listed: Iterable[Listed]) -> int:
    """Cancel what waits at a shared inbox for nobody but listed followers; how many.

    What names somebody else on that server stays: it goes there for their sake.
    """
    waiting, cancelled = set(await records.enforcement.find_addresses()), 0
    for each in listed:
        follow = each.follow
        address = Address(follow.shared_inbox or "", follow.netloc or "", None)
        if address in waiting:
            found = await records.enforcement.find_waiting(address, follow.artist_pk)
            pks = [activity.pk for activity in found if not _names_others(services, activity, address.receiver_netloc)]
            reason = describe_listing(each.listing)
            cancelled += await records.enforcement.cancel(address, services.clock.now(), reason, outbox_pks=pks)
    return cancelled


def _names_others(services: Services, activity: OutboxActivity, netloc: str) -> bool:
    # Documents hold no NUL, so the placeholders have to be filled in before it can be read.
    document = parse_document(services.capabilities.substitute(activity.body, WEB_HOST_NUMBER))
    named = (*ids_of(document.get("to")), *ids_of(document.get("cc")))
    return any(_lives_on(id, netloc) and services.blocklist.find_refusing(id) is None for id in named)


def _lives_on(id: str, netloc: str) -> bool:
    try:
        return netloc_of(id) == netloc
    except IdUnacceptable:
        return False
