"""What an instance does in the background: each loop's work, and how long it sleeps."""

from datetime import timedelta
from functools import partial

from cara_fed.blocklist.enact import enact
from cara_fed.blocklist.list_entry import retire_expired
from cara_fed.blocklist.subscribe import refresh_due
from cara_fed.delivery.worker import DeliveryWorker
from cara_fed.doctor.inside import HEARTBEAT
from cara_fed.evidence.access_logs import read_configured_log
from cara_fed.federation.profile_links import verify_due
from cara_fed.inbox.worker import InboxWorker
from cara_fed.loops import Loop
from cara_fed.publishing.keep_draft import remove_stale_drafts
from cara_fed.publishing.prepare_uploads import prepare_once
from cara_fed.publishing.publish_due import publish_due_once
from cara_fed.publishing.restate_all import restate_once
from cara_fed.publishing.restate_profiles import restate_profiles
from cara_fed.publishing.tell_updates import tell_updates
from cara_fed.services import Services

QUEUE_LOOK_SECONDS = 1.0
WATCH_SECONDS = 1.0
HEARTBEAT_SECONDS = 60.0
SUBSCRIPTIONS_SECONDS = 300.0
RESTATE_LOOK_SECONDS = 2.0
LINKS_SECONDS = 30.0
ACCESS_LOG_SECONDS = 30.0
HOUSEKEEPING_SECONDS = 3600.0
REFUSALS_KEPT = timedelta(days=365)
# Peers retry for about a week; what comes again within this time is known.
INBOX_KEPT = timedelta(days=30)
NOTIFICATIONS_KEPT = timedelta(days=180)
# A Delete goes wherever the post went, as far as this remembers; evidence may need it longer.
DELIVERIES_KEPT = timedelta(days=180)


def build_loops(services: Services) -> tuple[Loop, ...]:
    """The loops of one process; all processes of an instance may run them at once, for rows are claimed."""

    async def watch() -> bool:
        await watch_once(services)
        return False

    async def refresh_subscriptions() -> bool:
        await refresh_due(services)
        return False

    async def beat() -> bool:
        await beat_once(services)
        return False

    async def restate() -> bool:
        return await restate_profiles(services) or await restate_once(services)

    async def keep_house() -> bool:
        await keep_house_once(services)
        return False

    async def verify_links() -> bool:
        return await verify_due(services)

    async def tell() -> bool:
        return await tell_updates(services)

    async def read_access_log() -> bool:
        await read_configured_log(services)
        return False

    inbox, deliveries = InboxWorker(services), DeliveryWorker(services)
    return (
        Loop("the inbox worker", inbox.work_once, QUEUE_LOOK_SECONDS, services.wake.inbox),
        Loop("the delivery worker", deliveries.work_once, QUEUE_LOOK_SECONDS, services.wake.deliveries),
        Loop("the updates of posts", tell, QUEUE_LOOK_SECONDS),
        Loop("the picture worker", partial(prepare_once, services), QUEUE_LOOK_SECONDS, services.wake.uploads),
        Loop("the schedule", partial(publish_due_once, services), QUEUE_LOOK_SECONDS, services.wake.drafts),
        Loop("the watch", watch, WATCH_SECONDS),
        Loop("the heartbeat", beat, HEARTBEAT_SECONDS),
        Loop("the subscriptions", refresh_subscriptions, SUBSCRIPTIONS_SECONDS),
        Loop("the restating", restate, RESTATE_LOOK_SECONDS),
        Loop("the profile links", verify_links, LINKS_SECONDS),
        Loop("the access log", read_access_log, ACCESS_LOG_SECONDS),
        Loop("the housekeeping", keep_house, HOUSEKEEPING_SECONDS),
    )


async def watch_once(services: Services) -> None:
    """See what other processes changed and what expired, let rows agree with it, write what this one refused."""
    await services.blocklist.refresh()
    if services.blocklist.is_unenacted:
        await retire_expired(services)
        await enact(services)
    await services.keyring.refresh()
    await services.blocklist.flush()
    await services.ledger.flush()
    await services.crawlers.refresh()
    await services.crawlers.flush()


async def beat_once(services: Services) -> None:
    """Let `cara-fed doctor` see that somebody works here."""
    async with services.database.unit_of_work() as records:
        await records.heartbeats.beat(HEARTBEAT, services.clock.now())


async def keep_house_once(services: Services) -> None:
    """Throw away what is over: expired sessions and tokens, old rate limits, refusals and activities, drafts."""
    now, evidence_kept = services.clock.now(), timedelta(days=services.config.evidence.keep_days)
    async with services.database.unit_of_work() as records:
        await records.sessions.remove_expired(now)
        await records.tokens.remove_expired(now)
        await records.rate_limits.remove_old(now)
        await records.refusals.remove_old(now - REFUSALS_KEPT)
        await records.inbox_log.remove_finished(now - INBOX_KEPT)
        await records.notifications.remove_old(now - NOTIFICATIONS_KEPT)
        await records.evidence.remove_old(now - evidence_kept)
        await records.deliveries.remove_finished(now - max(DELIVERIES_KEPT, evidence_kept))
        await records.crawlers.remove_old_visits(now - REFUSALS_KEPT)
    await remove_stale_drafts(services)
