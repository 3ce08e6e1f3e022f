"""Appeals against our own entries: filed by anybody, by form or as a Flag; answered in the open."""

from typing import Final

from activitypub.activities import Activity
from activitypub.identifiers import Site
from cara_fed.blocklist.audit import Deed, note
from cara_fed.blocklist.changes import publish_retraction
from cara_fed.blocklist.enact import Enacted, settle
from cara_fed.blocklist.entries import LOCAL
from cara_fed.blocklist.entry_pages import EntryRef, find_own_entry, read_entry_id
from cara_fed.blocklist.formats.parsed import clean
from cara_fed.blocklist.guard import REVISION
from cara_fed.clock import Clock
from cara_fed.errors import InvalidInput, NotAllowed, NotFound
from cara_fed.services import Services
from cara_fed.words.speech import _
from cara_fed.words.writing import write_number
from storage.appeals import GRANTED, OPEN, REFUSED, Appeal
from storage.records import Records

MAX_CONTENT: Final = 5000
MAX_ANSWER: Final = 2000
MAX_CONTACT: Final = 320
MAX_OPEN: Final = 20
"""So many appeals against one entry may wait; whoever comes later reads that others said so already."""


def find_appealed(activity: Activity, site: Site) -> EntryRef | None:
    """The entry of ours that a Flag is about; None for any other activity, and for one about anything besides."""
    if activity.activity_type != "Flag" or len(activity.object_ids) != 1:
        return None
    return read_entry_id(activity.object_ids[0], site)


async def file_appeal(services: Services, ref: EntryRef, content: str, contact: str = "") -> int:
    """Keep an appeal for those who run the site; its number. Raises NotFound, InvalidInput or NotAllowed."""
    if not content.strip():
        raise InvalidInput(_("Say why the entry is wrong."))
    if len(content) > MAX_CONTENT:
        raise InvalidInput(_("At most %(limit)s characters fit here.", limit=write_number(MAX_CONTENT)))
    async with services.database.unit_of_work() as records:
        return await record_appeal(records, services.clock, ref, content, contact)


async def record_appeal(
    records: Records, clock: Clock, ref: EntryRef, content: str, contact: str, activity_id: str | None = None
) -> int:
    """File an appeal in the caller's transaction, as :func:`file_appeal` does."""
    entry = await find_own_entry(records, ref)
    if entry is None:
        raise NotFound(_("There is no such entry."))
    waiting = [each for each in await records.appeals.find_for_entry(entry.kind, entry.key) if each.state == OPEN]
    if len(waiting) >= MAX_OPEN:
        raise NotAllowed(_("Many appeals against this entry wait for an answer already; yours would be one more."))
    appeal = Appeal(
        pk=clock.new_pk(),
        entry_kind=entry.kind,
        entry_key=entry.key,
        contact=clean(contact, MAX_CONTACT),
        content=content.strip()[:MAX_CONTENT],
        activity_id=activity_id,
        created_at=clock.now(),
    )
    await records.appeals.add(appeal)
    return appeal.pk


async def answer_appeal(services: Services, pk: int, *, grant: bool, answer: str, author: str = "") -> Enacted:
    """Answer an open appeal, in public; granting it takes the entry back. Raises NotFound or InvalidInput."""
    answer = answer.strip()[:MAX_ANSWER]
    if not answer:
        raise InvalidInput(_("Give an answer: everybody can read it beside the entry."))
    async with services.database.unit_of_work() as records:
        now = services.clock.now()
        appeal = await records.appeals.find(pk)
        if appeal is None or not await records.appeals.answer(pk, GRANTED if grant else REFUSED, answer, now):
            raise NotFound(_("There is no such appeal, or it was answered already."))
        await note(records, services.clock, Deed.GRANT if grant else Deed.REFUSE, appeal.entry_key, answer, author)
        if grant:
            await _take_back(records, services, appeal, answer)
    return await settle(services)


async def _take_back(records: Records, services: Services, appeal: Appeal, answer: str) -> None:
    kind, key = appeal.entry_kind, appeal.entry_key
    if await records.blocklist.retract(kind, key, LOCAL, services.clock.now()):
        await publish_retraction(records, services, kind, key, clean(answer, MAX_ANSWER))
        await records.revisions.bump(REVISION)
