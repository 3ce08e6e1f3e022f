"""Flag: another server's moderators, or their people, report something here."""

from activitypub.activities import Activity, read_report
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.registry import inbox
from storage.reports import Report


@inbox.on("Flag")
async def receive_flag(context: InboxContext, flag: Activity) -> None:
    """A report is filed about those of the objects that are ours. Mastodon's comes from its instance actor."""
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
