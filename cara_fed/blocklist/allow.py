"""Allowing a domain or an actor in spite of every list, and taking that back."""

from cara_fed.blocklist.audit import Deed, note
from cara_fed.blocklist.enact import Enacted, settle
from cara_fed.blocklist.entries import parse_entry, rules_of
from cara_fed.blocklist.formats.parsed import MAX_REASON, clean
from cara_fed.blocklist.guard import REVISION
from cara_fed.blocklist.list_entry import read_key
from cara_fed.errors import NotFound
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.blocklist import BlocklistAllow


async def allow(services: Services, text: str, reason: str = "", author: str = "") -> Enacted:
    """Let somebody in, whatever lists them now or later. Raises EntryRefused for what could never be listed."""
    kind, key = parse_entry(text, rules_of(services.config))
    row = BlocklistAllow(key=key, kind=str(kind), reason=clean(reason, MAX_REASON), created_at=services.clock.now())
    async with services.database.unit_of_work() as records:
        await records.blocklist.allow(row)
        await note(records, services.clock, Deed.ALLOW, key, row.reason, author)
        await records.revisions.bump(REVISION)
    return await settle(services)


async def disallow(services: Services, text: str, author: str = "") -> Enacted:
    """Let lists say again what they say. Raises NotFound where nobody was allowed."""
    _kind, key = read_key(services, text)
    async with services.database.unit_of_work() as records:
        if not await records.blocklist.disallow(key):
            raise NotFound(_("%(key)s was not allowed.", key=key))
        await note(records, services.clock, Deed.DISALLOW, key, author=author)
        await records.revisions.bump(REVISION)
    return await settle(services)
