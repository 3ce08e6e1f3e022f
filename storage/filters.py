"""Filters: words that an artist does not want to read on their timelines, for good or for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment, primary_key, reference
from storage.statements import add_row, count_changed


class Filter(Table, table=True):
    """A word or phrase. `hides` leaves posts with it out; otherwise they are folded, with the phrase on the fold."""

    __tablename__ = "filters"

    pk: int = primary_key()
    artist_pk: int = reference("artists.pk", index=True)
    phrase: str = long_text()
    hides: bool = False
    expires_at: datetime | None = moment(default=None)
    created_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class Filters:
    """Queries about filters."""

    session: AsyncSession

    async def add(self, row: Filter) -> None:
        """Insert a filter."""
        await add_row(self.session, row)

    async def find_all(self, artist_pk: int, now: datetime) -> Sequence[Filter]:
        """An artist's filters that hold at this moment, the oldest first."""
        holding = or_(col(Filter.expires_at).is_(None), col(Filter.expires_at) > now)
        statement = select(Filter).where(Filter.artist_pk == artist_pk, holding).order_by(col(Filter.pk))
        return (await self.session.exec(statement)).all()

    async def remove(self, artist_pk: int, pk: int) -> None:
        """Forget one of an artist's filters."""
        await count_changed(
            self.session, delete(Filter).where(col(Filter.artist_pk) == artist_pk, col(Filter.pk) == pk)
        )

    async def remove_expired(self, now: datetime) -> int:
        """Forget those that are over; how many."""
        return await count_changed(self.session, delete(Filter).where(col(Filter.expires_at) <= now))
