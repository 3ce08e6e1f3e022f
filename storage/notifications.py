"""Notifications: what happened to an artist that they want to know of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, func
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, primary_key, reference
from storage.statements import count_changed, insert_unless_known

COUNTED_AT_MOST = 100


class Notification(Table, table=True):
    """That an actor did something that concerns an artist; `object_id` is the post or report it is about, else empty.

    There is one for each artist, kind, actor and object, however often it is done again.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("artist_pk", "kind", "actor_id", "object_id"),
        Index("ix_notifications_artist_pk_pk", "artist_pk", "pk"),
        Index("ix_notifications_artist_pk_read_at", "artist_pk", "read_at"),
    )

    pk: int = primary_key()
    artist_pk: int = reference("artists.pk")
    kind: str
    actor_id: str = Field(index=True)
    object_id: str = Field(default="", index=True)
    created_at: datetime = moment()
    read_at: datetime | None = moment(default=None)


@dataclass(frozen=True, slots=True)
class Notifications:
    """Queries about notifications; pages go from the newest pk down."""

    session: AsyncSession

    async def add(self, row: Notification) -> bool:
        """Tell an artist; False where they were told before."""
        return await insert_unless_known(self.session, row)

    async def find_page(self, artist_pk: int, *, before: int | None = None, limit: int = 30) -> Sequence[Notification]:
        """What an artist was told, newest first."""
        statement = select(Notification).where(Notification.artist_pk == artist_pk)
        if before is not None:
            statement = statement.where(col(Notification.pk) < before)
        return (await self.session.exec(statement.order_by(col(Notification.pk).desc()).limit(limit))).all()

    async def count_unread(self, artist_pk: int) -> int:
        """How many an artist has not read yet, counted up to COUNTED_AT_MOST."""
        unread = (
            select(Notification.pk)
            .where(Notification.artist_pk == artist_pk, col(Notification.read_at).is_(None))
            .limit(COUNTED_AT_MOST)
        )
        return (await self.session.exec(select(func.count()).select_from(unread.subquery()))).one()

    async def mark_read(self, artist_pk: int, up_to: int, now: datetime) -> int:
        """Note that an artist read everything up to this pk; how many that are."""
        unread = update(Notification).where(
            col(Notification.artist_pk) == artist_pk,
            col(Notification.pk) <= up_to,
            col(Notification.read_at).is_(None),
        )
        return await count_changed(self.session, unread.values(read_at=now))

    async def take_back(self, kind: str, actor_id: str, object_id: str, artist_pk: int | None = None) -> int:
        """Forget what an actor has undone, for one artist or for all; how many."""
        statement = delete(Notification).where(
            col(Notification.kind) == kind,
            col(Notification.actor_id) == actor_id,
            col(Notification.object_id) == object_id,
        )
        if artist_pk is not None:
            statement = statement.where(col(Notification.artist_pk) == artist_pk)
        return await count_changed(self.session, statement)

    async def remove_about(self, object_id: str) -> int:
        """Forget everything about an object that is gone; how many."""
        return await count_changed(self.session, delete(Notification).where(col(Notification.object_id) == object_id))

    async def remove_actor(self, actor_id: str, artist_pk: int | None = None) -> int:
        """Forget everything that an actor did, to one artist or to all; how many."""
        statement = delete(Notification).where(col(Notification.actor_id) == actor_id)
        if artist_pk is not None:
            statement = statement.where(col(Notification.artist_pk) == artist_pk)
        return await count_changed(self.session, statement)

    async def remove_old(self, before: datetime) -> int:
        """Forget what happened before then; how many."""
        return await count_changed(self.session, delete(Notification).where(col(Notification.created_at) < before))
