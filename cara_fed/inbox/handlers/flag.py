"""Flag: another server's moderators, or their people, report something here."""

from activitypub.activities import Activity, read_report
from cara_fed.blocklist.appeals import find_appealed, record_appeal
from cara_fed.blocklist.entry_pages import EntryRef
from cara_fed.errors import CaraFedError
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.notices import notify_moderators
from cara_fed.inbox.registry import inbox
from storage.reports import Report


@inbox.on("Flag")
async def receive_flag(context: InboxContext, flag: Activity) -> None:
    """A report is filed about those of the objects that are ours. Mastodon's comes from its instance actor.

    One about the page of an entry of our blocklist is an appeal against it, from the listed too.
    """
    if (ref := find_appealed(flag, context.site)) is not None:
        await _appeal(context, flag, ref)
        return
    targets = [object_id for object_id in flag.object_ids if context.site.locate(object_id) is not None]
    if not targets:
        raise NoEffect("it reports nothing of this instance")
    report = Report(
        pk=context.new_pk(),
        reporter_actor_id=flag.actor_id,
        target_ids=targets,
        content=read_report(flag),
        created_at=context.now,
    )
    await context.records.reports.add(report)
    await notify_moderators(context.records, context.clock, report)


async def _appeal(context: InboxContext, flag: Activity, ref: EntryRef) -> None:
    content = read_report(flag) or "(without words)"
    try:
        await record_appeal(context.records, context.clock, ref, content, flag.actor_id, flag.activity_id)
    except CaraFedError as refusal:
        raise NoEffect(str(refusal)) from refusal
