"""Followers and following: who follows an artist, and whom an artist follows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import sqlalchemy
from sqlalchemy import Index, UniqueConstraint, func
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, primary_key, reference
from storage.remote_actors import Inbox, RemoteActor, select_inboxes
from storage.statements import count_changed, insert_or_replace, table_of
from storage.whom import Whom, among

PENDING, ACCEPTED, SUSPENDED, REJECTED = "pending", "accepted", "suspended", "rejected"
# What is delivered side by side may overtake the Accept that it was delivered for.
HOPED_FOR = (ACCEPTED, PENDING)


class FollowColumns(Table):
    """One follow between an artist and an actor, remote or of this instance; `follow_id` is the activity's."""

    pk: int = primary_key()
    artist_pk: int = reference("artists.pk")
    actor_id: str = Field(index=True)
    state: str = PENDING
    follow_id: str
    created_at: datetime = moment()


class Follower(FollowColumns, table=True):
    """That an actor follows an artist."""

    __tablename__ = "followers"
    __table_args__ = (
        UniqueConstraint("artist_pk", "actor_id"),
        Index("ix_followers_artist_pk_state_pk", "artist_pk", "state", "pk"),
    )


class Following(FollowColumns, table=True):
    """That an artist follows an actor."""

    __tablename__ = "following"
    __table_args__ = (
        UniqueConstraint("artist_pk", "actor_id"),
        Index("ix_following_artist_pk_state_pk", "artist_pk", "state", "pk"),
    )


Row = TypeVar("Row", Follower, Following)


@dataclass(frozen=True, slots=True)
class Follows(Generic[Row]):
    """Queries about one of the two tables; pages go from the newest pk down."""

    session: AsyncSession
    table: type[Row]

    async def record(self, row: Row) -> None:
        """Keep a follow: a new row, or the known one of the same two with this state and follow_id."""
        await insert_or_replace(self.session, row, key=["artist_pk", "actor_id"], keep=["pk", "created_at"])

    async def find(self, artist_pk: int, actor_id: str) -> Row | None:
        """The follow between these two, in whatever state."""
        return await self._first(self.table.artist_pk == artist_pk, self.table.actor_id == actor_id)

    async def find_by_follow_id(self, follow_id: str) -> Row | None:
        """The follow that this activity began."""
        return await self._first(self.table.follow_id == follow_id)

    async def set_state(self, artist_pk: int, actor_id: str, state: str) -> bool:
        """Accept, reject or suspend one follow; False where there is none."""
        statement = update(self.table).where(*self._between(artist_pk, actor_id)).values(state=state)
        return await count_changed(self.session, statement) == 1

    async def remove(self, artist_pk: int, actor_id: str) -> bool:
        """End one follow; False where there was none."""
        return await count_changed(self.session, delete(self.table).where(*self._between(artist_pk, actor_id))) == 1

    async def remove_actor(self, actor_id: str) -> int:
        """End every follow with an actor who is gone; how many."""
        return await count_changed(self.session, delete(self.table).where(col(self.table.actor_id) == actor_id))

    async def remove_artist(self, artist_pk: int) -> int:
        """End every follow of an artist who is gone; how many."""
        return await count_changed(self.session, delete(self.table).where(col(self.table.artist_pk) == artist_pk))

    async def find_page(
        self, artist_pk: int, state: str = ACCEPTED, *, before: int | None = None, limit: int = 40
    ) -> Sequence[Row]:
        """An artist's follows in a state, newest first."""
        statement = select(self.table).where(self.table.artist_pk == artist_pk, self.table.state == state)
        if before is not None:
            statement = statement.where(col(self.table.pk) < before)
        return (await self.session.exec(statement.order_by(col(self.table.pk).desc()).limit(limit))).all()

    async def find_by_actor(self, actor_id: str, *states: str) -> Sequence[Row]:
        """Every artist's follow with this actor in one of these states; accepted ones where none is named."""
        among_states = col(self.table.state).in_(states or (ACCEPTED,))
        statement = select(self.table).where(self.table.actor_id == actor_id, among_states)
        return (await self.session.exec(statement)).all()

    async def find_artists_of(self, actor_id: str, *states: str) -> set[int]:
        """The keys of the artists whose follows `find_by_actor` gives, at a fraction of the cost."""
        columns = table_of(self.table).columns
        statement = sqlalchemy.select(columns.artist_pk).where(
            columns.actor_id == actor_id, columns.state.in_(states or (ACCEPTED,))
        )
        return set((await (await self.session.connection()).execute(statement)).scalars())

    async def find_ids(self, artist_pk: int, actor_ids: Collection[str]) -> set[str]:
        """Those of these actors with whom an artist's follow is accepted."""
        statement = select(self.table.actor_id).where(
            self.table.artist_pk == artist_pk, self.table.state == ACCEPTED, col(self.table.actor_id).in_(actor_ids)
        )
        return set((await self.session.exec(statement)).all())

    async def find_among(self, whom: Whom, state: str = ACCEPTED) -> Sequence[Row]:
        """Every artist's follows with these actors in a state: what a listing would cut."""
        statement = select(self.table).where(among(col(self.table.actor_id), whom), self.table.state == state)
        return (await self.session.exec(statement)).all()

    async def count(self, artist_pk: int, state: str = ACCEPTED) -> int:
        """How many follows of an artist are in a state."""
        statement = select(func.count()).select_from(self.table)
        statement = statement.where(col(self.table.artist_pk) == artist_pk, col(self.table.state) == state)
        return (await self.session.exec(statement)).one()

    async def count_by_netloc(self, state: str = ACCEPTED) -> dict[str, int]:
        """How many follows lead to each server of other people."""
        statement = (
            select(RemoteActor.netloc, func.count())
            .join(self.table, col(self.table.actor_id) == col(RemoteActor.actor_id))
            .where(col(self.table.state) == state)
            .group_by(col(RemoteActor.netloc))
        )
        return dict((await self.session.exec(statement)).all())

    async def has_any_at(self, artist_pk: int, netloc: str) -> bool:
        """Whether an accepted one of an artist is at home on this server."""
        statement = (
            select(self.table.pk)
            .join(RemoteActor, col(self.table.actor_id) == col(RemoteActor.actor_id))
            .where(self.table.artist_pk == artist_pk, self.table.state == ACCEPTED, RemoteActor.netloc == netloc)
        )
        return (await self.session.exec(statement.limit(1))).first() is not None

    async def find_ids_at(self, artist_pk: int, netloc: str) -> Sequence[str]:
        """The ids of an artist's accepted ones who are at home on this server."""
        statement = (
            select(self.table.actor_id)
            .join(RemoteActor, col(self.table.actor_id) == col(RemoteActor.actor_id))
            .where(self.table.artist_pk == artist_pk, self.table.state == ACCEPTED, RemoteActor.netloc == netloc)
        )
        return (await self.session.exec(statement)).all()

    async def find_inboxes(self, artist_pk: int, state: str = ACCEPTED) -> Sequence[Inbox]:
        """Where the remote ones of an artist receive, accepted ones unless said otherwise."""
        statement = (
            select_inboxes()
            .join(self.table, col(self.table.actor_id) == col(RemoteActor.actor_id))
            .where(col(self.table.artist_pk) == artist_pk, col(self.table.state) == state)
            .order_by(col(self.table.pk))
        )
        return [Inbox(*row) for row in await self.session.exec(statement)]

    async def find_below(self, artist_pk: int, base: str) -> Sequence[Row]:
        """An artist's accepted follows with actors whose ids begin with `base`: those of this instance."""
        statement = select(self.table).where(self.table.artist_pk == artist_pk, self.table.state == ACCEPTED)
        below = col(self.table.actor_id).startswith(f"{base}/", autoescape=True)
        return (await self.session.exec(statement.where(below))).all()

    async def suspend(self, whom: Whom) -> Sequence[Row]:
        """Keep the accepted follows with these actors, but send nothing; the rows that changed."""
        return await self._change_all(whom, ACCEPTED, SUSPENDED)

    async def resume(self, whom: Whom) -> Sequence[Row]:
        """Bring suspended follows with these actors back; the rows that changed."""
        return await self._change_all(whom, SUSPENDED, ACCEPTED)

    async def reject_pending(self, whom: Whom) -> Sequence[Row]:
        """Reject the waiting requests of these actors; the rows that changed."""
        return await self._change_all(whom, PENDING, REJECTED)

    async def _change_all(self, whom: Whom, old: str, new: str) -> Sequence[Row]:
        statement = (
            update(self.table)
            .where(col(self.table.state) == old, among(col(self.table.actor_id), whom))
            .values(state=new)
            .returning(self.table)
        )
        return (await self.session.exec(statement)).scalars().all()

    async def _first(self, *conditions: Any) -> Row | None:
        statement = select(self.table).where(*conditions)
        return (await self.session.exec(statement, execution_options={"populate_existing": True})).first()

    def _between(self, artist_pk: int, actor_id: str) -> tuple[Any, Any]:
        return col(self.table.artist_pk) == artist_pk, col(self.table.actor_id) == actor_id
