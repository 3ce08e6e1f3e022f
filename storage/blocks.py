"""Blocks: whom an artist does not want to deal with, and who does not want to deal with an artist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy
from sqlalchemy import bindparam
from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, reference
from storage.statements import count_changed, insert_unless_known, is_any, table_of

OUT, IN = "out", "in"


class PersonalBlock(Table, table=True):
    """A block by an artist (direction "out") or of an artist ("in")."""

    __tablename__ = "personal_blocks"

    artist_pk: int = reference("artists.pk", primary=True)
    actor_id: str = Field(primary_key=True, index=True)
    direction: str = Field(primary_key=True)
    created_at: datetime = moment()


_COLUMNS = table_of(PersonalBlock).columns
_BETWEEN = sqlalchemy.select(_COLUMNS.artist_pk).where(
    _COLUMNS.artist_pk == bindparam("artist_pk"), _COLUMNS.actor_id == bindparam("actor_id")
)
_ONE_WAY = _BETWEEN.where(_COLUMNS.direction == bindparam("direction"))


@dataclass(frozen=True, slots=True)
class Blocks:
    """Queries about personal blocks."""

    session: AsyncSession

    async def add(self, artist_pk: int, actor_id: str, direction: str, now: datetime) -> bool:
        """Block; False where it is so already."""
        row = PersonalBlock(artist_pk=artist_pk, actor_id=actor_id, direction=direction, created_at=now)
        return await insert_unless_known(self.session, row)

    async def remove(self, artist_pk: int, actor_id: str, direction: str) -> bool:
        """Unblock; False where there was no block."""
        statement = delete(PersonalBlock).where(
            col(PersonalBlock.artist_pk) == artist_pk,
            col(PersonalBlock.actor_id) == actor_id,
            col(PersonalBlock.direction) == direction,
        )
        return await count_changed(self.session, statement) == 1

    async def exists(self, artist_pk: int, actor_id: str, direction: str) -> bool:
        """Whether one of the two blocks the other, in this direction."""
        return await is_any(self.session, _ONE_WAY, artist_pk=artist_pk, actor_id=actor_id, direction=direction)

    async def exists_between(self, artist_pk: int, actor_id: str) -> bool:
        """Whether either blocks the other."""
        return await is_any(self.session, _BETWEEN, artist_pk=artist_pk, actor_id=actor_id)

    async def find_actors(self, artist_pk: int, direction: str | None = None) -> set[str]:
        """The ids of everybody blocked by, or blocking, an artist."""
        statement = select(PersonalBlock.actor_id).where(PersonalBlock.artist_pk == artist_pk)
        if direction is not None:
            statement = statement.where(PersonalBlock.direction == direction)
        return set(await self.session.exec(statement))

    async def find_page(self, artist_pk: int, direction: str = OUT, limit: int = 500) -> Sequence[PersonalBlock]:
        """An artist's blocks, newest first."""
        statement = select(PersonalBlock).where(
            PersonalBlock.artist_pk == artist_pk, PersonalBlock.direction == direction
        )
        return (await self.session.exec(statement.order_by(col(PersonalBlock.created_at).desc()).limit(limit))).all()
