"""The inbox log: every activity received, recorded before it is handled, and a queue until it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, func, or_
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, binary, long_text, moment, primary_key
from storage.queues import serialize_claims, unlocked
from storage.statements import count_changed, in_chunks, insert_all_unless_known, insert_unless_known, table_of

RECEIVED, HANDLED, FAILED, IGNORED = "received", "handled", "failed", "ignored"


class InboxActivity(Table, table=True):
    """One activity as received; `recipient` is the artist's name where it came to a personal inbox."""

    __tablename__ = "inbox_log"
    __table_args__ = (Index("ix_inbox_log_state_due_at", "state", "due_at"),)

    pk: int = primary_key()
    activity_id: str = Field(unique=True)
    activity_type: str
    object_type: str = ""
    actor_id: str = Field(index=True)
    body: bytes = binary(repr=False)
    recipient: str | None = None
    received_at: datetime = moment()
    state: str = RECEIVED
    attempts: int = 0
    due_at: datetime = moment()
    lease_until: datetime | None = moment(default=None, index=True)
    error: str | None = long_text(default=None)


@dataclass(frozen=True, slots=True)
class InboxLog:
    """Queries about received activities."""

    session: AsyncSession

    async def add(self, activity: InboxActivity) -> bool:
        """Record an activity; False for one received before, which needs nothing more."""
        return await insert_unless_known(self.session, activity)

    async def is_anything_due(self, now: datetime) -> bool:
        """Whether a claim may find something: a look that writes nothing."""
        due = select(InboxActivity.pk).where(col(InboxActivity.state) == RECEIVED, col(InboxActivity.due_at) <= now)
        return (await self.session.exec(due.limit(1))).first() is not None

    async def add_many(self, activities: Sequence[InboxActivity]) -> set[str]:
        """Like `add`, for many at once; the ids of those that are new. Cheaper by far than one by one."""
        return set(await insert_all_unless_known(self.session, activities, "activity_id"))

    async def claim(self, now: datetime, lease_seconds: float, limit: int) -> Sequence[InboxActivity]:
        """Lease up to `limit` due activities, in the order of arrival, and count an attempt for each.

        An actor whose activities another worker holds is passed over: its Undo must not overtake its Follow.
        So handle what one claim brings in its order. A lease that ran out can be claimed again.
        """
        await serialize_claims(self.session, "inbox_log")
        statement = (
            update(InboxActivity)
            .where(col(InboxActivity.pk).in_(self._claimable(now, limit)))
            .values(lease_until=now + timedelta(seconds=lease_seconds), attempts=col(InboxActivity.attempts) + 1)
            .returning(InboxActivity)
        )
        claimed = (await self.session.exec(statement)).scalars().all()
        return sorted(claimed, key=lambda activity: activity.pk)

    async def release(self, pks: Collection[int]) -> None:
        """Give leases back untried, as when a worker stops; the attempts do not count."""
        unfinished = col(InboxActivity.pk).in_(pks), col(InboxActivity.state) == RECEIVED
        values = {"lease_until": None, "attempts": col(InboxActivity.attempts) - 1}
        await count_changed(self.session, update(InboxActivity).where(*unfinished).values(values))

    async def record_handled(self, pks: Collection[int]) -> None:
        """They took effect."""
        await self._finish(pks, HANDLED)

    async def record_ignored(self, pks: Collection[int], why: str = "") -> None:
        """They were understood, and rightly have no effect."""
        await self._finish(pks, IGNORED, error=why or None)

    async def record_failed(self, pk: int, error: str, retry_at: datetime | None = None) -> None:
        """It could not be handled: to be tried again at `retry_at`, or never where that is None."""
        if retry_at is None:
            await self._finish([pk], FAILED, error=error)
        else:
            await self._finish([pk], RECEIVED, error=error, due_at=retry_at)

    async def find(self, activity_id: str) -> InboxActivity | None:
        """The activity of that id."""
        statement = select(InboxActivity).where(InboxActivity.activity_id == activity_id)
        return (await self.session.exec(statement)).first()

    async def count_by_state(self) -> dict[str, int]:
        """How many activities are in each state; nothing for none."""
        statement = select(InboxActivity.state, func.count()).group_by(col(InboxActivity.state))
        return dict((await self.session.exec(statement)).all())

    async def remove_finished(self, before: datetime) -> int:
        """Forget what was received before then and needs nothing more; how many."""
        finished = col(InboxActivity.state) != RECEIVED
        return await count_changed(
            self.session, delete(InboxActivity).where(finished, col(InboxActivity.received_at) < before)
        )

    def _claimable(self, now: datetime, limit: int) -> Any:
        free = or_(col(InboxActivity.lease_until).is_(None), col(InboxActivity.lease_until) <= now)
        held = select(InboxActivity.actor_id).where(col(InboxActivity.lease_until) > now)
        due = (
            select(InboxActivity.pk)
            .where(col(InboxActivity.state) == RECEIVED, col(InboxActivity.due_at) <= now, free)
            .where(col(InboxActivity.actor_id).not_in(held))
            .order_by(col(InboxActivity.due_at), col(InboxActivity.pk))
            .limit(limit)
        )
        return unlocked(due)

    async def _finish(self, pks: Collection[int], state: str, **values: Any) -> None:
        finished = update(table_of(InboxActivity)).values(state=state, lease_until=None, **values)
        for chunk in in_chunks(pks):
            await count_changed(self.session, finished.where(col(InboxActivity.pk).in_(chunk)))
