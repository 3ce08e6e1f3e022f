"""Interactions: likes, announces and emoji reactions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy
from sqlalchemy import ColumnElement, Index, UniqueConstraint, func
from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, primary_key
from storage.statements import count_changed, in_chunks, insert_unless_known


class Interaction(Table, table=True):
    """That an actor likes, announces or answers an object with an emoji (its `content`, else empty).

    `picture_url` is where a custom emoji's picture lies.
    """

    __tablename__ = "interactions"
    # Content is never NULL: two NULLs are different to a unique constraint, and a like would count twice.
    __table_args__ = (
        UniqueConstraint("kind", "actor_id", "object_id", "content"),
        Index("ix_interactions_object_id_kind_pk", "object_id", "kind", "pk"),
    )

    pk: int = primary_key()
    kind: str
    actor_id: str = Field(index=True)
    object_id: str
    activity_id: str = Field(unique=True)
    content: str = ""
    picture_url: str | None = None
    created_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class Reactions:
    """An emoji, and how often an object was answered with it."""

    content: str
    picture_url: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many there are, by (object_id, kind), nothing for none; the emoji by object_id, the most frequent first."""

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    reactions: dict[str, list[Reactions]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Interactions:
    """Queries about interactions."""

    session: AsyncSession

    async def add(self, row: Interaction) -> bool:
        """Keep an interaction; False where it was known, by its activity or by who, what and whose."""
        return await insert_unless_known(self.session, row)

    async def find(self, kind: str, actor_id: str, object_id: str) -> Interaction | None:
        """One such interaction between these two."""
        statement = select(Interaction).where(
            Interaction.kind == kind, Interaction.actor_id == actor_id, Interaction.object_id == object_id
        )
        return (await self.session.exec(statement)).first()

    async def count_of_actor(self, kind: str, actor_id: str, object_id: str) -> int:
        """How many of a kind one actor has with an object: several only of emoji."""
        statement = select(func.count()).select_from(Interaction)
        return (await self.session.exec(statement.where(*_between(kind, actor_id, object_id)))).one()

    async def remove(self, kind: str, actor_id: str, object_id: str, content: str = "") -> bool:
        """Take it back, that with this emoji; False where there was none."""
        same = *_between(kind, actor_id, object_id), col(Interaction.content) == content
        statement = delete(Interaction).where(*same)
        return await count_changed(self.session, statement) > 0

    async def remove_by_activity(self, activity_id: str, actor_id: str) -> bool:
        """Take back what this actor's activity began; False where there was none."""
        statement = delete(Interaction).where(
            col(Interaction.activity_id) == activity_id, col(Interaction.actor_id) == actor_id
        )
        return await count_changed(self.session, statement) > 0

    async def remove_actor(self, actor_id: str) -> int:
        """Forget everything of an actor who is gone; how many."""
        return await count_changed(self.session, delete(Interaction).where(col(Interaction.actor_id) == actor_id))

    async def find_page(
        self, object_id: str, kind: str, *, before: int | None = None, limit: int = 40
    ) -> Sequence[Interaction]:
        """The interactions of a kind with an object, newest first."""
        statement = select(Interaction).where(Interaction.object_id == object_id, Interaction.kind == kind)
        if before is not None:
            statement = statement.where(col(Interaction.pk) < before)
        return (await self.session.exec(statement.order_by(col(Interaction.pk).desc()).limit(limit))).all()

    async def find_own(self, actor_id: str, object_ids: Collection[str]) -> set[tuple[str, str]]:
        """What one actor did with these objects: (object_id, kind) of each."""
        found: set[tuple[str, str]] = set()
        for chunk in in_chunks(object_ids):
            statement = select(Interaction.object_id, Interaction.kind).where(
                Interaction.actor_id == actor_id, col(Interaction.object_id).in_(chunk)
            )
            found.update((object_id, kind) for object_id, kind in await self.session.exec(statement))
        return found

    async def count(self, object_ids: Collection[str]) -> dict[tuple[str, str], int]:
        """How many there are, by (object_id, kind); nothing for none."""
        counts: dict[tuple[str, str], int] = {}
        for chunk in in_chunks(object_ids):
            statement = (
                select(Interaction.object_id, Interaction.kind, func.count())
                .where(col(Interaction.object_id).in_(chunk))
                .group_by(col(Interaction.object_id), col(Interaction.kind))
            )
            counts.update(((object_id, kind), n) for object_id, kind, n in await self.session.exec(statement))
        return counts

    async def tally(self, object_ids: Collection[str]) -> Tally:
        """How many there are of each kind, and by which emoji each object was answered; one query for both."""
        tally, given, connection = Tally(), func.max(Interaction.picture_url), await self.session.connection()
        by = col(Interaction.object_id), col(Interaction.kind), col(Interaction.content)
        for chunk in in_chunks(object_ids):
            statement = (
                sqlalchemy.select(*by, given, func.count())
                .where(by[0].in_(chunk))
                .group_by(*by)
                .order_by(func.count().desc(), func.min(Interaction.pk))
            )
            for object_id, kind, content, picture_url, count in await connection.execute(statement):
                tally.counts[object_id, kind] = tally.counts.get((object_id, kind), 0) + count
                if kind == "emoji":
                    tally.reactions.setdefault(object_id, []).append(Reactions(content, picture_url, count))
        return tally

    async def find_by_actors(
        self, kind: str, actor_ids: Collection[str], object_ids: Collection[str]
    ) -> Sequence[Interaction]:
        """What these actors did of a kind with these objects, oldest first."""
        statement = select(Interaction).where(
            Interaction.kind == kind,
            col(Interaction.actor_id).in_(actor_ids),
            col(Interaction.object_id).in_(object_ids),
        )
        return (await self.session.exec(statement.order_by(col(Interaction.pk)))).all()


def _between(kind: str, actor_id: str, object_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Interaction.kind) == kind,
        col(Interaction.actor_id) == actor_id,
        col(Interaction.object_id) == object_id,
    )
