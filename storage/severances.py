"""Severances: what the blocklist did to artists' follows, so that they can be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment, primary_key, reference

FOLLOWER, FOLLOWING = "follower", "following"


class Severance(Table, table=True):
    """That a follow of an artist was suspended, rejected or resumed; `side` says who followed whom.

    `state` is what the follow became: suspended, rejected, or accepted where it came back.
    """

    __tablename__ = "severances"
    __table_args__ = (Index("ix_severances_artist_pk_pk", "artist_pk", "pk"),)

    pk: int = primary_key()
    artist_pk: int = reference("artists.pk")
    side: str
    actor_id: str
    state: str
    entry_key: str = ""
    reason: str = long_text()
    made_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class Severances:
    """Queries about severances."""

    session: AsyncSession

    async def add_many(self, rows: Sequence[Severance]) -> None:
        """Note what happened to these follows."""
        self.session.add_all(rows)
        await self.session.flush()

    async def find_page(self, artist_pk: int, *, before: int | None = None, limit: int = 50) -> Sequence[Severance]:
        """What happened to an artist's follows, newest first."""
        statement = select(Severance).where(Severance.artist_pk == artist_pk)
        if before is not None:
            statement = statement.where(col(Severance.pk) < before)
        return (await self.session.exec(statement.order_by(col(Severance.pk).desc()).limit(limit))).all()
