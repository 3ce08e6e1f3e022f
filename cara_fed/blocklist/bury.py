"""Burying: what was published about an entry is emptied, as where a court says so; a retraction is the usual way."""

from cara_fed.blocklist.audit import Deed, note
from cara_fed.blocklist.entries import LOCAL
from cara_fed.blocklist.list_entry import read_key
from cara_fed.errors import NotAllowed, NotFound
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.blocklist_changes import RETRACTION, TOMBSTONE, BlocklistChange


async def bury_entry(services: Services, text: str, author: str = "") -> int:
    """Turn every change about an entry into a tombstone (FIRES), and forget its page; how many changes that were.

    Subscribers who had read them hear of it at the end of the feed. Raises NotAllowed while the entry is in force,
    and NotFound where nothing was ever published about it. The audit log, which is not public, keeps that it was done.
    """
    kind, key = read_key(services, text)
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        standing = await records.blocklist.find_sources(kind, key, now)
        if any(entry.source == LOCAL for entry in standing):
            raise NotAllowed(_("%(key)s is listed: take it back first, so that subscribers let it in again.", key=key))
        changes = await records.blocklist_changes.find_about(kind, key)
        if not changes:
            raise NotFound(_("Nothing was ever published about %(key)s.", key=key))
        read = [change.pk for change in changes if change.change_type != RETRACTION]
        await records.blocklist_changes.bury([change.pk for change in changes])
        await records.blocklist_changes.append(
            *(
                BlocklistChange(
                    pk=services.clock.new_pk(), change_type=TOMBSTONE, kind="", key=str(pk), published_at=now
                )
                for pk in read
            )
        )
        await records.blocklist.remove(kind, key)
        await records.appeals.remove_for_entry(kind, key)
        await note(records, services.clock, Deed.BURY, key, f"{len(changes)} changes", author)
    return len(changes)
