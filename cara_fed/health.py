"""How the instance does, in numbers: what `/health` and `/metrics` tell."""

from ipaddress import ip_address
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from cara_fed.asgi import Scope, header
from cara_fed.services import Services

_FORWARDED: Final = frozenset(
    {b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip"}
)

Numbers = dict[str, dict[str, int]]


async def count_numbers(services: Services) -> Numbers:
    """Rows by kind and state, as they are now."""
    async with services.database.reading() as records:
        queue = await records.deliveries.count(services.clock.now())
        return {
            "deliveries": {
                "queued": queue.queued,
                "due": queue.due,
                "leased": queue.leased,
                "failing": queue.failing,
                "sent": queue.sent,
                "failed": queue.failed,
                "cancelled": queue.cancelled,
            },
            "inbox": await records.inbox_log.count_by_state(),
            "known": {
                "artists": await records.artists.count(),
                "posts": await records.posts.count_local(),
                "actors": await records.remote_actors.count(),
                "servers": await records.remote_actors.count_netlocs(),
                "listed": len(services.blocklist.policy),
            },
        }


def is_from_this_machine(scope: Scope) -> bool:
    """Whether the request came over loopback, and no proxy passed it on."""
    if is_forwarded(scope):
        return False
    client = scope.get("client")
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False


def is_forwarded(scope: Scope) -> bool:
    """Whether a proxy says that it passed the request on."""
    return any(name in _FORWARDED for name, _ in scope["headers"])


def describe_request(scope: Scope) -> dict[str, str | bool]:
    """How a request reached us, for whoever sets up a proxy: nothing but what its sender or the proxy said."""
    client = scope.get("client")
    return {
        "host": (header(scope, b"host") or b"").decode("latin-1"),
        "address": client[0] if client else "",
        "forwarded": is_forwarded(scope),
        "forwarded_for": (header(scope, b"x-forwarded-for") or b"").decode("latin-1"),
    }


def write_metrics(numbers: Numbers) -> bytes:
    """Prometheus' text format: one gauge for each group, its members as the label `state`."""
    registry = CollectorRegistry()
    for group, members in numbers.items():
        gauge = Gauge(f"cara_fed_{group}", f"cara_fed: {group}, by state", ["state"], registry=registry)
        for state, number in members.items():
            gauge.labels(state).set(number)
    return generate_latest(registry)
