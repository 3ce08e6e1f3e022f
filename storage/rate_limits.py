"""Rate limits: how often something was tried in a window of time, over all processes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Field, col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment
from storage.statements import count_changed, insert_into

# No limit counts over a longer window than this; what is older is of no use.
LONGEST_WINDOW = timedelta(days=1)


class RateLimit(Table, table=True):
    """How often `key` was tried in the window that began then."""

    __tablename__ = "rate_limits"

    key: str = Field(primary_key=True)
    window_start: datetime = moment(primary_key=True, index=True)
    count: int = 1


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Queries about rate limits."""

    session: AsyncSession

    async def hit(self, key: str, window_seconds: int, limit: int, now: datetime) -> bool:
        """Count a try; whether it is within `limit` for this window (a day at most)."""
        insert = insert_into(self.session, RateLimit)
        tried = insert.values(key=key, window_start=_window(now, window_seconds), count=1)
        counted = tried.on_conflict_do_update(
            index_elements=["key", "window_start"], set_={"count": col(RateLimit.count) + 1}
        )
        count: int = (await self.session.exec(counted.returning(col(RateLimit.count)))).scalar_one()
        if count == 1:
            await self.remove_old(now)
        return count <= limit

    async def clear(self, key: str) -> None:
        """Begin anew, as after a sign-in that succeeded."""
        await count_changed(self.session, delete(RateLimit).where(col(RateLimit.key) == key))

    async def remove_old(self, now: datetime) -> int:
        """Forget windows that no limit counts any more; how many."""
        old = col(RateLimit.window_start) < now - LONGEST_WINDOW
        return await count_changed(self.session, delete(RateLimit).where(old))


def _window(now: datetime, seconds: int) -> datetime:
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)
