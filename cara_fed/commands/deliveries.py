"""``cara-fed deliveries``: what waits to be sent, what failed, and which hosts do not answer."""

from collections.abc import Iterable
from datetime import datetime

from cara_fed.commands.common import Arguments, Subcommands, add_command, opened, say
from cara_fed.services import Services
from storage.deliveries import FAILED, Delivery, DeliveryCounts
from storage.hosts import Host

SHOWN = 100


def register(subcommands: Subcommands) -> None:
    """Add the command."""
    parser = add_command(subcommands, "deliveries", "the queue: counts, due, failing, dead hosts", run_deliveries)
    parser.add_argument("--failed", action="store_true", help="list the last deliveries that failed, and why")


async def run_deliveries(arguments: Arguments) -> int:
    """Print the queue in numbers, then the hosts in trouble; with --failed, one line for each failure instead."""
    async with opened(arguments) as services:
        lines = await _list_failed(services) if arguments.failed else await _sum_up(services)
    for line in lines:
        say(line)
    return 0


async def _sum_up(services: Services) -> list[str]:
    now = services.clock.now()
    async with services.database.reading() as records:
        counts = await records.deliveries.count(now)
        hosts = await records.hosts.find_failing()
    return [*_describe_counts(counts), *(_describe_host(host, now) for host in hosts)]


async def _list_failed(services: Services) -> list[str]:
    async with services.database.reading() as records:
        failed = await records.deliveries.find_page(FAILED, limit=SHOWN)
        activities = await records.outbox_log.find_many({delivery.outbox_pk for delivery in failed})
    names = {pk: f"{activity.activity_type} {activity.activity_id}" for pk, activity in activities.items()}
    return list(_describe_failed(failed, names)) or ["no delivery failed"]


def _describe_counts(counts: DeliveryCounts) -> list[str]:
    return [
        f"queued {counts.queued} (due {counts.due}, being sent {counts.leased}, failing so far {counts.failing})",
        f"sent {counts.sent}",
        f"failed {counts.failed}",
        f"cancelled {counts.cancelled}",
    ]


def _describe_host(host: Host, now: datetime) -> str:
    since = f"{host.failing_since:%Y-%m-%d %H:%M} UTC" if host.failing_since else "now"
    pause = (
        f", left in peace until {host.open_until:%Y-%m-%d %H:%M} UTC"
        if host.open_until and host.open_until > now
        else ""
    )
    return f"{host.netloc}: failing since {since}, {host.failures} times in a row{pause}"


def _describe_failed(failed: Iterable[Delivery], names: dict[int, str]) -> Iterable[str]:
    for delivery in failed:
        yield f"{names.get(delivery.outbox_pk, 'an activity')} to {delivery.inbox}: {delivery.last_error}"
