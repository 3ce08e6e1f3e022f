"""What is on its way to other servers, and which of them do not take it."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.accounts.create_artist import Role
from cara_fed.web.house import services
from cara_fed.web.showing import show
from cara_fed.web.signed_in import require_role
from cara_fed.web.studio_views import DeliveriesPage, PeerHost
from storage.overviews import HostTrouble

room = Blueprint("deliveries", __name__)


@room.get("/admin/deliveries")
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


def _build_host(host: HostTrouble) -> PeerHost:
    return PeerHost(
        netloc=host.netloc,
        queued=host.queued,
        failed=host.failed,
        failing_since=host.failing_since,
        paused_until=host.open_until,
        last_error=host.last_error,
    )
