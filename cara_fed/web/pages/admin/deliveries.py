"""What is on its way to other servers, and which of them do not take it."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.accounts.create_artist import Role
from cara_fed.moderation.deeds import Deed, note_deed
from cara_fed.web.house import services
from cara_fed.web.showing import go, show
from cara_fed.web.signed_in import require_role
from cara_fed.web.studio_views import DeliveriesPage, PeerHost
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import ngettext
from storage.overviews import HostTrouble

PATH = "/admin/deliveries"

room = Blueprint("deliveries", __name__)


@room.get(PATH)
async def show_deliveries() -> ResponseReturnValue:
    """The queue in numbers, and the servers in trouble."""
    require_role(Role.ADMIN, Role.MODERATOR)
    now = services().clock.now()
    async with services().database.reading() as records:
        counts = await records.deliveries.count(now)
        oldest = await records.overviews.oldest_due(now)
        trouble = await records.overviews.find_trouble()
    hosts = tuple(_build_host(host) for host in trouble)
    return await show(DeliveriesPage(counts.queued, counts.due, counts.sent, counts.failed, oldest, hosts))


@room.post(f"{PATH}/retry")
async def retry() -> ResponseReturnValue:
    """Try what waits for a server now, whatever its pause."""
    moderator, netloc = require_role(Role.ADMIN, Role.MODERATOR), (await read_fields()).get("netloc", "")
    async with services().database.unit_of_work() as records:
        count = await records.deliveries.retry_now(services().clock.now(), netloc)
        await records.hosts.record_success(netloc)
        if count:
            await note_deed(records, services().clock, Deed.RETRY, netloc, moderator.name, str(count))
    services().wake.deliveries.set()
    return await go(PATH, ngettext("%(num)s is tried now.", "%(num)s are tried now.", count))


@room.post(f"{PATH}/forget")
async def forget() -> ResponseReturnValue:
    """Send a server nothing of what waits for it. Its followers stay: what is published later is tried anew."""
    moderator, netloc = require_role(Role.ADMIN, Role.MODERATOR), (await read_fields()).get("netloc", "")
    async with services().database.unit_of_work() as records:
        count = await records.deliveries.give_up(netloc, services().clock.now(), f"given up by {moderator.name}")
        await records.hosts.record_success(netloc)
        if count:
            await note_deed(records, services().clock, Deed.GIVE_UP, netloc, moderator.name, str(count))
    return await go(PATH, ngettext("%(num)s is forgotten.", "%(num)s are forgotten.", count))


def _build_host(host: HostTrouble) -> PeerHost:
    return PeerHost(
        netloc=host.netloc,
        queued=host.queued,
        failed=host.failed,
        failing_since=host.failing_since,
        paused_until=host.open_until,
        last_error=host.last_error,
    )
