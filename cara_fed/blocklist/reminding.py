"""Reminding those who run the site that an entry of theirs ends soon, so that somebody looks whether it should."""

from datetime import timedelta
from typing import Final

from cara_fed.accounts.create_artist import Role
from cara_fed.services import Services
from storage.notifications import Notification
from storage.records import Records

BEFORE: Final = timedelta(days=14)
ENTRY_ENDS: Final = "entry_ends"
_STAFF: Final = frozenset({Role.ADMIN, Role.MODERATOR})


async def remind_of_ends(records: Records, services: Services) -> None:
    """A notification for each who may change the list, once for each end of an entry: key and day are its object."""
    now, site = services.clock.now(), services.site
    ending = await records.blocklist.find_ending(now, now + BEFORE)
    if not ending:
        return
    staff = [artist for artist in await records.artists.find_all() if artist.role in _STAFF]
    for entry in ending:
        for artist in staff:
            row = Notification(
                pk=services.clock.new_pk(),
                artist_pk=artist.pk,
                kind=ENTRY_ENDS,
                actor_id=site.actor(artist.name),
                object_id=f"{entry.key} · {entry.expires_at:%Y-%m-%d}",
                created_at=now,
            )
            await records.notifications.add(row)
