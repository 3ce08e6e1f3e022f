"""Rewrites: artists who asked that their earlier posts say what they say now, and how far that has come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, or_
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, reference
from storage.statements import count_changed, insert_or_replace


class Rewrite(Table, table=True):
    """One artist's request. Posts are gone through from the newest down; ``before_pk`` is the last one done."""

    __tablename__ = "rewrites"

    artist_pk: int = reference("artists.pk", primary=True)
    asked_at: datetime = moment()
    before_pk: int | None = Field(default=None, sa_type=BigInteger)
    lease_until: datetime | None = moment(default=None)
    rewritten: int = 0


@dataclass(frozen=True, slots=True)
class Rewrites:
    """Queries about rewrites."""

    session: AsyncSession

    async def ask(self, rewrite: Rewrite) -> None:
        """Begin an artist's rewrite, anew where one is under way."""
        await insert_or_replace(self.session, rewrite, key=["artist_pk"])

    async def claim(self, now: datetime, until: datetime) -> Rewrite | None:
        """A rewrite that nobody works on, for this process alone until then; or None."""
        free = or_(col(Rewrite.lease_until).is_(None), col(Rewrite.lease_until) <= now)
        found = (await self.session.exec(select(Rewrite).where(free).order_by(col(Rewrite.asked_at)).limit(1))).first()
        if found is None:
            return None
        mine = update(Rewrite).where(col(Rewrite.artist_pk) == found.artist_pk, free).values(lease_until=until)
        return found if await count_changed(self.session, mine) else None

    async def record(self, claimed: Rewrite, before_pk: int, *, rewritten: int) -> None:
        """Note how far it has come, and let the next one claim it. One that was asked anew begins anew."""
        same = (col(Rewrite.artist_pk) == claimed.artist_pk, col(Rewrite.asked_at) == claimed.asked_at)
        values = {"before_pk": before_pk, "rewritten": Rewrite.rewritten + rewritten, "lease_until": None}
        await count_changed(self.session, update(Rewrite).where(*same).values(values))

    async def finish(self, claimed: Rewrite) -> None:
        """Forget a rewrite that is done, unless it was asked anew meanwhile."""
        same = (col(Rewrite.artist_pk) == claimed.artist_pk, col(Rewrite.asked_at) == claimed.asked_at)
        await count_changed(self.session, delete(Rewrite).where(*same))

    async def find(self, artist_pk: int) -> Rewrite | None:
        """An artist's rewrite that is under way."""
        statement = select(Rewrite).where(col(Rewrite.artist_pk) == artist_pk)
        return (await self.session.exec(statement, execution_options={"populate_existing": True})).first()
