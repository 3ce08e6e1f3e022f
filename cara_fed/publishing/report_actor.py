"""Reporting somebody: to the moderators here, and to those of their own server where the reporter wants that."""

from dataclasses import dataclass

from activitypub.activities import build_flag
from activitypub.audience import Visibility
from cara_fed.delivery.fan_out import Recipients
from cara_fed.errors import InvalidInput
from cara_fed.inbox.notices import notify_moderators
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.publishing.seen_posts import get_seen_post
from cara_fed.services import Services
from cara_fed.words.speech import _
from cara_fed.words.writing import write_number
from storage.artists import Artist
from storage.records import Records
from storage.reports import Report

MAX_REPORT = 2000


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """What is reported: an actor and perhaps a post of theirs; ``forward`` tells the actor's own server too."""

    actor_id: str
    content: str
    post_pk: int | None = None
    forward: bool = False


async def report_actor(services: Services, artist: Artist, draft: ReportDraft) -> None:
    """File a report. Elsewhere nobody learns who reported: the Flag is the instance's.

    Raises InvalidInput or NotFound.
    """
    if not draft.content.strip() or len(draft.content) > MAX_REPORT:
        raise InvalidInput(_("Say in up to %(limit)s characters what is wrong.", limit=write_number(MAX_REPORT)))
    async with services.database.unit_of_work() as records:
        targets = await _find_targets(records, services, artist, draft)
        report = Report(
            pk=services.clock.new_pk(),
            reporter_actor_id=services.site.actor(artist.name),
            target_ids=targets,
            content=draft.content.strip(),
            created_at=services.clock.now(),
        )
        await records.reports.add(report)
        await notify_moderators(records, services.clock, report)
        if draft.forward and not services.site.is_local(draft.actor_id):
            await send_flag(records, services, draft.actor_id, report)
    wake_workers(services)


async def _find_targets(records: Records, services: Services, artist: Artist, draft: ReportDraft) -> list[str]:
    if draft.post_pk is None:
        return [draft.actor_id]
    post = await get_seen_post(records, services.site, artist, draft.post_pk)
    if post.actor_id != draft.actor_id:
        raise InvalidInput(_("That post is somebody else's."))
    return [draft.actor_id, post.object_id]


async def send_flag(records: Records, services: Services, actor_id: str, report: Report) -> None:
    """Tell the moderators of another server of a report; nobody there learns who wrote it."""
    instance = services.site.instance_actor
    flag = build_flag(
        activity_id=f"{instance}/activities/{report.pk}",
        actor_id=instance,
        object_ids=report.target_ids,
        content=report.content,
    )
    await send_out(
        records,
        services,
        flag,
        Recipients(actor_ids=(actor_id,), personal=True),
        artist_pk=None,
        object_id=actor_id,
        audience=Visibility.DIRECT,
    )
