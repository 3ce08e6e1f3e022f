"""What an instance does in the background: each loop's work, and how long it sleeps."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from cara_fed.blocklist.enact import enact
from cara_fed.blocklist.list_entry import retire_expired
from cara_fed.blocklist.reminding import remind_of_ends
from cara_fed.blocklist.subscribe import refresh_due
from cara_fed.delivery.worker import DeliveryWorker
from cara_fed.doctor.inside import HEARTBEAT
from cara_fed.evidence.access_logs import read_configured_log
from cara_fed.exports.worker import export_once, remove_expired
from cara_fed.federation.profile_links import verify_due
from cara_fed.inbox.worker import InboxWorker
from cara_fed.loops import Loop
from cara_fed.mail.worker import send_once
from cara_fed.moderation.taking_over import follow
from cara_fed.publishing.close_polls import close_polls
from cara_fed.publishing.keep_draft import remove_stale_drafts
from cara_fed.publishing.prepare_uploads import prepare_once
from cara_fed.publishing.publish_due import publish_due_once
from cara_fed.publishing.restate_all import restate_once
from cara_fed.publishing.restate_profiles import restate_profiles
from cara_fed.publishing.tell_updates import tell_updates
from cara_fed.recognition.remember import remember_once
from cara_fed.services import Services

QUEUE_LOOK_SECONDS = 1.0
WATCH_SECONDS = 1.0
HEARTBEAT_SECONDS = 60.0
SUBSCRIPTIONS_SECONDS = 300.0
MEMORY_LOOK_SECONDS = 5.0
RESTATE_LOOK_SECONDS = 2.0
MAIL_LOOK_SECONDS = 5.0
EXPORT_LOOK_SECONDS = 5.0
LINKS_SECONDS = 30.0
ACCESS_LOG_SECONDS = 30.0
HOUSEKEEPING_SECONDS = 3600.0
REFUSALS_KEPT = timedelta(days=365)
# Peers retry for about a week; what comes again within this time is known.
INBOX_KEPT = timedelta(days=30)
LETTERS_KEPT = timedelta(days=30)
NOTIFICATIONS_KEPT = timedelta(days=180)
# A Delete goes wherever the post went, as far as this remembers; evidence may need it longer.
DELIVERIES_KEPT = timedelta(days=180)


def build_loops(services: Services) -> tuple[Loop, ...]:
    """The loops of one process; all processes of an instance may run them at once, for rows are claimed."""

    def until_done(work: Callable[[Services], Awaitable[bool]]) -> Callable[[], Awaitable[bool]]:
        return partial(work, services)

    def now_and_then(work: Callable[[Services], Awaitable[object]]) -> Callable[[], Awaitable[bool]]:
        async def once() -> bool:
            await work(services)
            return False

        return once

    inbox, deliveries = InboxWorker(services), DeliveryWorker(services)
    return (
        Loop("the inbox worker", inbox.work_once, QUEUE_LOOK_SECONDS, services.wake.inbox),
        Loop("the delivery worker", deliveries.work_once, QUEUE_LOOK_SECONDS, services.wake.deliveries),
        Loop("the polls", until_done(close_polls), QUEUE_LOOK_SECONDS),
        Loop("the updates of posts", until_done(tell_updates), QUEUE_LOOK_SECONDS),
        Loop("the picture worker", until_done(prepare_once), QUEUE_LOOK_SECONDS, services.wake.uploads),
        Loop("the schedule", until_done(publish_due_once), QUEUE_LOOK_SECONDS, services.wake.drafts),
        Loop("the watch", now_and_then(watch_once), WATCH_SECONDS),
        Loop("the heartbeat", now_and_then(beat_once), HEARTBEAT_SECONDS),
        Loop("the subscriptions", now_and_then(refresh_due), SUBSCRIPTIONS_SECONDS, services.wake.subscriptions),
        Loop("the memory for pictures", until_done(remember_once), MEMORY_LOOK_SECONDS),
        Loop("the restating", until_done(restate_anything), RESTATE_LOOK_SECONDS),
        Loop("the mail", until_done(send_once), MAIL_LOOK_SECONDS),
        Loop("the archives", until_done(export_once), EXPORT_LOOK_SECONDS),
        Loop("the profile links", until_done(verify_due), LINKS_SECONDS),
        Loop("the access log", now_and_then(read_configured_log), ACCESS_LOG_SECONDS),
        Loop("the housekeeping", now_and_then(keep_house_once), HOUSEKEEPING_SECONDS),
    )


async def restate_anything(services: Services) -> bool:
    """Let what was published earlier say what holds now; whether there was any."""
    return await restate_profiles(services) or await restate_once(services)


async def watch_once(services: Services) -> None:
    """See what other processes changed and what expired, let rows agree with it, write what this one refused."""
    async with services.database.reading() as records:
        revisions = await records.revisions.find_all()
    if revisions != services.watched or services.running.is_asked or services.blocklist.is_behind:
        await _catch_up(services)
        services.watched.update(revisions)
    await services.blocklist.flush()
    await services.ledger.flush()
    await services.crawlers.flush()
    await services.proxy_files.refresh()


async def _catch_up(services: Services) -> None:
    await follow(services)
    await services.blocklist.refresh()
    if services.blocklist.is_unenacted:
        await retire_expired(services)
        await enact(services)
    await services.keyring.refresh()
    await services.suspended.refresh()
    await services.crawlers.refresh()


async def beat_once(services: Services) -> None:
    """Let `cara-fed doctor` see that somebody works here."""
    async with services.database.unit_of_work() as records:
        await records.heartbeats.beat(HEARTBEAT, services.clock.now())


async def keep_house_once(services: Services) -> None:
    """Throw away what is over: expired sessions and tokens, old rate limits, refusals and activities, drafts."""
    now, evidence_kept = services.clock.now(), timedelta(days=services.config.evidence.keep_days)
    await remove_expired(services)
    async with services.database.unit_of_work() as records:
        await records.sessions.remove_expired(now)
        await records.tokens.remove_expired(now)
        await records.filters.remove_expired(now)
        await records.mails.remove_failed(now - LETTERS_KEPT)
        await records.rate_limits.remove_old(now)
        await records.refusals.remove_old(now - REFUSALS_KEPT)
        await records.inbox_log.remove_finished(now - INBOX_KEPT)
        await records.notifications.remove_old(now - NOTIFICATIONS_KEPT)
        await remind_of_ends(records, services)
        await records.evidence.remove_old(now - evidence_kept)
        await records.deliveries.remove_finished(now - max(DELIVERIES_KEPT, evidence_kept))
        await records.crawlers.remove_old_visits(now - REFUSALS_KEPT)
    await remove_stale_drafts(services)
