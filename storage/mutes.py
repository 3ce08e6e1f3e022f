"""Mutes: whom an artist does not want to see or hear of; unlike a block, nobody else learns of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy
from sqlalchemy import bindparam
from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, reference
from storage.statements import count_changed, insert_unless_known, is_any, table_of


class Mute(Table, table=True):
    """That an artist mutes an actor."""

    __tablename__ = "mutes"

    artist_pk: int = reference("artists.pk", primary=True)
    actor_id: str = Field(primary_key=True)
    created_at: datetime = moment()


_COLUMNS = table_of(Mute).columns
_MUTED = sqlalchemy.select(_COLUMNS.artist_pk).where(
    _COLUMNS.artist_pk == bindparam("artist_pk"), _COLUMNS.actor_id == bindparam("actor_id")
)


@dataclass(frozen=True, slots=True)
class Mutes:
    """Queries about mutes."""

    session: AsyncSession

    async def add(self, artist_pk: int, actor_id: str, now: datetime) -> bool:
        """Mute; False where it is so already."""
        return await insert_unless_known(self.session, Mute(artist_pk=artist_pk, actor_id=actor_id, created_at=now))

    async def remove(self, artist_pk: int, actor_id: str) -> bool:
        """Unmute; False where there was no mute."""
        statement = delete(Mute).where(col(Mute.artist_pk) == artist_pk, col(Mute.actor_id) == actor_id)
        return await count_changed(self.session, statement) == 1

    async def exists(self, artist_pk: int, actor_id: str) -> bool:
        """Whether an artist mutes an actor."""
        return await is_any(self.session, _MUTED, artist_pk=artist_pk, actor_id=actor_id)

    async def find_actors(self, artist_pk: int) -> set[str]:
        """The ids of everybody whom an artist mutes."""
        return set(await self.session.exec(select(Mute.actor_id).where(Mute.artist_pk == artist_pk)))

    async def find_page(self, artist_pk: int, limit: int = 500) -> Sequence[Mute]:
        """An artist's mutes, newest first."""
        statement = select(Mute).where(Mute.artist_pk == artist_pk).order_by(col(Mute.created_at).desc())
        return (await self.session.exec(statement.limit(limit))).all()
