"""Refusing whom a report is about: in force here, and in no list that others read.

The published list says who harvests art; somebody who is refused for what they wrote does not belong there.
"""

from typing import Final

from cara_fed.blocklist.audit import Deed, note
from cara_fed.blocklist.enact import Enacted, settle
from cara_fed.blocklist.entries import EntryPolicy, parse_entry, rules_of
from cara_fed.blocklist.formats.parsed import MAX_REASON, clean
from cara_fed.blocklist.guard import REVISION
from cara_fed.blocklist.weighing import FILE_PREFIX
from cara_fed.errors import InvalidInput
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.blocklist import BlocklistEntry

SOURCE: Final = f"{FILE_PREFIX}reports"


async def refuse_for_report(services: Services, entry: str, reason: str, author: str) -> Enacted:
    """Refuse a domain or an actor from now on. Raises InvalidInput where it cannot be an entry, or without a reason."""
    kind, key = parse_entry(entry, rules_of(services.config))
    reason = clean(reason, MAX_REASON)
    if not reason:
        raise InvalidInput(_("Say why: the other moderators will ask."))
    row = BlocklistEntry(
        pk=services.clock.new_pk(),
        kind=str(kind),
        key=key,
        policy=str(EntryPolicy.REJECT),
        reason=reason,
        source=SOURCE,
        author=author,
        created_at=services.clock.now(),
    )
    async with services.database.unit_of_work() as records:
        await records.blocklist.add(row)
        await note(records, services.clock, Deed.LIST, key, reason, author)
        await records.revisions.bump(REVISION)
    return await settle(services)
