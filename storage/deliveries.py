"""Deliveries: one activity on its way to one inbox, and the queue of those that wait."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import Index, func, insert, or_
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from storage.columns import Table, long_text, moment, primary_key, reference
from storage.hosts import Host
from storage.queues import serialize_claims
from storage.remote_actors import Inbox
from storage.statements import count_changed, in_chunks, table_of
from storage.whom import OneOf, Whom, lies_in

QUEUED, SENT, FAILED, CANCELLED = "queued", "sent", "failed", "cancelled"

# How many due rows a claim looks at for each that it may take: enough that one busy host hides no other for long.
CANDIDATES_PER_CLAIM = 10


class Delivery(Table, table=True):
    """A queued send; `receiver_netloc` is the receiving actor's (capabilities), `inbox_host` the inbox's netloc.

    `receiver_actor_id` is there for a personal inbox and absent for a shared one.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_state_due_at", "state", "due_at"),
        Index("ix_deliveries_inbox_host_state", "inbox_host", "state"),
    )

    pk: int = primary_key()
    outbox_pk: int = reference("outbox_log.pk", index=True)
    inbox: str
    inbox_host: str
    receiver_netloc: str
    receiver_actor_id: str | None = None
    state: str = QUEUED
    attempts: int = 0
    due_at: datetime = moment()
    lease_until: datetime | None = moment(default=None, index=True)
    last_status: int | None = None
    last_error: str | None = long_text(default=None)
    created_at: datetime = moment()
    finished_at: datetime | None = moment(default=None)


@dataclass(frozen=True, slots=True)
class Target:
    """One inbox to deliver to, with the key for its row and the first moment to try."""

    pk: int
    inbox: str
    inbox_host: str
    receiver_netloc: str
    due_at: datetime
    receiver_actor_id: str | None = None


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery as a claim gives it out, with the attempt that it is claimed for."""

    pk: int
    outbox_pk: int
    inbox: str
    inbox_host: str
    receiver_netloc: str
    receiver_actor_id: str | None
    attempts: int
    due_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """The queue in numbers: `due` and `failing` (tried in vain so far) are part of `queued`."""

    queued: int
    due: int
    leased: int
    failing: int
    sent: int
    failed: int
    cancelled: int


_LEASED = [table_of(Delivery).columns[field.name] for field in fields(Leased)]


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Queries about deliveries."""

    session: AsyncSession

    async def enqueue_many(self, outbox_pk: int, targets: Collection[Target], now: datetime) -> None:
        """Queue an activity for each target, in one statement."""
        rows = [_queued(target, outbox_pk, now) for target in targets]
        if rows:
            await (await self.session.connection()).execute(insert(table_of(Delivery)), rows)

    async def claim(self, now: datetime, lease_seconds: float, limit: int, per_host: int) -> Sequence[Leased]:
        """Lease up to `limit` due deliveries, the longest waiting first, and count an attempt for each.

        No host gets more than `per_host` leases at a time, over all processes, and none while its circuit is
        open. A lease that ran out (its worker was killed) can be claimed again: at most one duplicate.
        """
        await serialize_claims(self.session, "deliveries")
        leases = Counter(await self.session.exec(select(Delivery.inbox_host).where(col(Delivery.lease_until) > now)))
        full_hosts = [host for host, held in leases.items() if held >= per_host]
        candidates = (await self.session.exec(_candidates(now, limit, full_hosts))).all()
        statement = (
            update(table_of(Delivery))
            .where(_is_queued_among(_choose(candidates, leases, limit, per_host)))
            .values(lease_until=now + timedelta(seconds=lease_seconds), attempts=col(Delivery.attempts) + 1)
            .returning(*_LEASED)
        )
        # Past the session, whose rows cost several times as much as reading them does.
        rows = await (await self.session.connection()).execute(statement)
        claimed = [Leased(*row) for row in rows]
        return sorted(claimed, key=lambda delivery: (delivery.due_at, delivery.pk))

    async def release(self, pks: Collection[int]) -> None:
        """Give leases back untried, as when a worker stops; the attempts do not count."""
        values = {"lease_until": None, "attempts": col(Delivery.attempts) - 1}
        await self._change(_is_queued_among(pks), values)

    async def postpone(self, pk: int, due_at: datetime) -> None:
        """Give a lease back untried, to be claimed again at `due_at` at the earliest; the attempt does not count."""
        values = {"due_at": due_at, "lease_until": None, "attempts": col(Delivery.attempts) - 1}
        await self._change(col(Delivery.pk) == pk, values)

    async def record_sent(self, pk: int, now: datetime, status: int) -> None:
        """The inbox took it."""
        values = {"state": SENT, "last_status": status, "last_error": None}
        await self._change(col(Delivery.pk) == pk, values | _finished(now))

    async def record_all_sent(self, pks: Collection[int], now: datetime, status: int) -> None:
        """Several inboxes took it with the same status, in one statement."""
        values = {"state": SENT, "last_status": status, "last_error": None}
        for chunk in in_chunks(pks):
            await self._change(col(Delivery.pk).in_(chunk), values | _finished(now))

    async def record_retry(self, pk: int, due_at: datetime, error: str, status: int | None = None) -> None:
        """It did not work, and is to be tried again at `due_at`."""
        values = {"due_at": due_at, "lease_until": None, "last_error": error, "last_status": status}
        await self._change(col(Delivery.pk) == pk, values)

    async def record_failed(self, pk: int, now: datetime, error: str, status: int | None = None) -> None:
        """It did not work, and never will."""
        values = {"state": FAILED, "last_error": error, "last_status": status}
        await self._change(col(Delivery.pk) == pk, values | _finished(now))

    async def record_cancelled(self, pk: int, now: datetime, reason: str) -> None:
        """It must not be sent any more."""
        await self._change(col(Delivery.pk) == pk, {"state": CANCELLED, "last_error": reason} | _finished(now))

    async def cancel_for(self, whom: Whom, now: datetime, reason: str) -> int:
        """Cancel what is queued for these actors or their servers' inboxes, keeping the reason; how many."""
        if isinstance(whom, OneOf):
            condition: Any = col(Delivery.receiver_actor_id).in_(whom.actor_ids)
        else:
            condition = or_(lies_in(col(Delivery.receiver_netloc), whom), lies_in(col(Delivery.inbox_host), whom))
        return await self._change(condition, {"state": CANCELLED, "last_error": reason} | _finished(now))

    async def give_up(self, inbox_host: str, now: datetime, reason: str) -> int:
        """Cancel all that waits for a host or was given up, so that it is in nobody's way any more; how many."""
        statement = update(table_of(Delivery)).where(
            col(Delivery.inbox_host) == inbox_host, col(Delivery.state).in_((QUEUED, FAILED))
        )
        cancelled = {"state": CANCELLED, "last_error": reason} | _finished(now)
        return (await (await self.session.connection()).execute(statement.values(cancelled))).rowcount

    async def cancel_for_outbox(self, outbox_pks: Collection[int], now: datetime, reason: str) -> int:
        """Cancel what waits of these activities, but for what is being sent this moment; how many."""
        unleased = or_(col(Delivery.lease_until).is_(None), col(Delivery.lease_until) <= now)
        cancelled = {"state": CANCELLED, "last_error": reason} | _finished(now)
        return await self._change(col(Delivery.outbox_pk).in_(outbox_pks) & unleased, cancelled)

    async def find_inboxes_reached(self, outbox_pks: Collection[int]) -> Sequence[Inbox]:
        """Every inbox that took one of these activities, or may have."""
        tried = (col(Delivery.state) != CANCELLED) & (col(Delivery.attempts) > 0)
        statement = (
            select(Delivery.receiver_actor_id, Delivery.inbox, Delivery.receiver_netloc)
            .where(col(Delivery.outbox_pk).in_(outbox_pks), or_(col(Delivery.state) == SENT, tried))
            .distinct()
        )
        rows = await self.session.exec(statement)
        return [Inbox(actor_id or "", inbox, None, netloc) for actor_id, inbox, netloc in rows]

    async def postpone_host(self, inbox_host: str, until: datetime) -> int:
        """Let everything queued for a host wait at least until then; how many deliveries that moved."""
        return await self._change(
            (col(Delivery.inbox_host) == inbox_host) & (col(Delivery.due_at) < until), {"due_at": until}
        )

    async def retry_now(self, now: datetime, inbox_host: str | None = None) -> int:
        """Make what is queued due at once, for one host or all; how many."""
        condition = col(Delivery.due_at) > now
        if inbox_host is not None:
            condition &= col(Delivery.inbox_host) == inbox_host
        return await self._change(condition, {"due_at": now})

    async def find_for_outbox(self, outbox_pk: int) -> Sequence[Delivery]:
        """Every delivery of an activity."""
        statement = select(Delivery).where(Delivery.outbox_pk == outbox_pk).order_by(col(Delivery.pk))
        return (await self.session.exec(statement, execution_options={"populate_existing": True})).all()

    async def was_for(self, outbox_pk: int, netloc: str) -> bool:
        """Whether an activity was to go to somebody of this server."""
        statement = select(Delivery.pk).where(Delivery.outbox_pk == outbox_pk, Delivery.receiver_netloc == netloc)
        return (await self.session.exec(statement.limit(1))).first() is not None

    async def find_page(self, state: str, *, before: int | None = None, limit: int = 50) -> Sequence[Delivery]:
        """Deliveries in a state, newest first."""
        statement = select(Delivery).where(Delivery.state == state)
        if before is not None:
            statement = statement.where(col(Delivery.pk) < before)
        statement = statement.order_by(col(Delivery.pk).desc()).limit(limit)
        return (await self.session.exec(statement, execution_options={"populate_existing": True})).all()

    async def count(self, now: datetime) -> DeliveryCounts:
        """The queue in numbers."""
        queued = col(Delivery.state) == QUEUED
        conditions: dict[str, Any] = {
            "queued": queued,
            "due": queued & (col(Delivery.due_at) <= now),
            "leased": queued & (col(Delivery.lease_until) > now),
            "failing": queued & col(Delivery.last_error).is_not(None),
            "sent": col(Delivery.state) == SENT,
            "failed": col(Delivery.state) == FAILED,
            "cancelled": col(Delivery.state) == CANCELLED,
        }
        numbers = sqlalchemy.select(*(func.count().filter(that).label(name) for name, that in conditions.items()))
        return DeliveryCounts(**(await (await self.session.connection()).execute(numbers)).one()._mapping)

    async def find_next_due(self) -> datetime | None:
        """When the next queued delivery is to be tried."""
        return (await self.session.exec(select(func.min(Delivery.due_at)).where(col(Delivery.state) == QUEUED))).one()

    async def remove_finished(self, before: datetime) -> int:
        """Forget what ended before then; how many."""
        return await count_changed(self.session, delete(Delivery).where(col(Delivery.finished_at) < before))

    async def _change(self, condition: Any, values: dict[str, Any]) -> int:
        # Only what is queued can change: a late answer must not undo a cancellation. (On the bare table, since this
        # runs for every delivery; rows that a claim gave do not see the change.)
        statement = update(table_of(Delivery)).where(col(Delivery.state) == QUEUED, condition).values(values)
        return (await (await self.session.connection()).execute(statement)).rowcount


def _queued(target: Target, outbox_pk: int, now: datetime) -> dict[str, Any]:
    return {
        "pk": target.pk,
        "outbox_pk": outbox_pk,
        "inbox": target.inbox,
        "inbox_host": target.inbox_host,
        "receiver_netloc": target.receiver_netloc,
        "receiver_actor_id": target.receiver_actor_id,
        "state": QUEUED,
        "attempts": 0,
        "due_at": target.due_at,
        "created_at": now,
    }


def _finished(now: datetime) -> dict[str, Any]:
    return {"finished_at": now, "lease_until": None}


def _candidates(now: datetime, limit: int, full_hosts: Collection[str]) -> Select[int, str]:
    """The longest waiting rows of hosts that may get more."""
    open_hosts = select(Host.netloc).where(col(Host.open_until) > now)
    return (
        select(Delivery.pk, Delivery.inbox_host)
        .where(col(Delivery.state) == QUEUED, col(Delivery.due_at) <= now)
        .where(or_(col(Delivery.lease_until).is_(None), col(Delivery.lease_until) <= now))
        .where(col(Delivery.inbox_host).not_in(full_hosts), col(Delivery.inbox_host).not_in(open_hosts))
        .order_by(col(Delivery.due_at), col(Delivery.pk))
        .limit(limit * CANDIDATES_PER_CLAIM)
    )


def _choose(candidates: Iterable[tuple[int, str]], leases: Counter[str], limit: int, per_host: int) -> list[int]:
    """The keys of the first ones that leave every host within its bound."""
    held: Counter[str] = leases.copy()
    chosen: list[int] = []
    for pk, host in candidates:
        if len(chosen) < limit and held[host] < per_host:
            held[host] += 1
            chosen.append(pk)
    return chosen


def _is_queued_among(pks: Collection[int]) -> Any:
    # lower(), since SQLite would otherwise look the state up in its index, and read every row that waits.
    return col(Delivery.pk).in_(pks) & (func.lower(Delivery.state) == QUEUED)
