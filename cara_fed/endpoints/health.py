"""`/health` and `/metrics`: how the instance does, told to its own machine alone; any of its processes may be asked."""

from ipaddress import ip_address
from typing import Any, Final

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from cara_fed.asgi import Answer, Scope
from cara_fed.endpoints.answers import NO_STORE, answer_bytes, answer_error, answer_json
from cara_fed.endpoints.calls import Call
from cara_fed.services import VERSION, Services
from storage.records import Records

_FORWARDED: Final = frozenset(
    {b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip"}
)
_PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"

Numbers = dict[str, dict[str, int]]


class Health:
    """Tells the machine it runs on how it does."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def health(self, call: Call) -> Answer:
        """`/health`: 200 with numbers, or 503 where the database does not answer."""
        if not is_from_this_machine(call.scope):
            return _refuse()
        try:
            numbers: dict[str, Any] = dict(await self._count())
        except SQLAlchemyError as error:
            return answer_error(503, f"the database does not answer: {type(error).__name__}")
        return answer_json({"status": "ok", "version": VERSION, **numbers}, NO_STORE)

    async def metrics(self, call: Call) -> Answer:
        """`/metrics`: the same numbers for Prometheus."""
        if not is_from_this_machine(call.scope):
            return _refuse()
        return answer_bytes(write_metrics(await self._count()), _PROMETHEUS, NO_STORE)

    async def _count(self) -> Numbers:
        async with self._services.database.reading() as records:
            return await self._read(records)

    async def _read(self, records: Records) -> Numbers:
        queue = await records.deliveries.count(self._services.clock.now())
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
                "listed": len(self._services.blocklist.policy),
            },
        }


def is_from_this_machine(scope: Scope) -> bool:
    """Whether the request came over loopback, and no proxy passed it on."""
    if any(name in _FORWARDED for name, _ in scope["headers"]):
        return False
    client = scope.get("client")
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False


def write_metrics(numbers: Numbers) -> bytes:
    """Prometheus' text format: one gauge for each group, its members as the label `state`."""
    registry = CollectorRegistry()
    for group, members in numbers.items():
        gauge = Gauge(f"cara_fed_{group}", f"cara_fed: {group}, by state", ["state"], registry=registry)
        for state, number in members.items():
            gauge.labels(state).set(number)
    return generate_latest(registry)


def _refuse() -> Answer:
    return answer_error(403, "this is told to the machine itself only")
