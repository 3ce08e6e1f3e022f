"""Circles: some of those whom an artist follows, on a timeline of their own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Field, col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, primary_key, reference
from storage.statements import add_row, count_changed


class Circle(Table, table=True):
    """A list of people, under a title that its artist alone sees."""

    __tablename__ = "circles"

    pk: int = primary_key()
    artist_pk: int = reference("artists.pk", index=True)
    title: str


class CircleMember(Table, table=True):
    """That somebody is in a circle."""

    __tablename__ = "circle_members"

    circle_pk: int = reference("circles.pk", primary=True)
    actor_id: str = Field(primary_key=True)


@dataclass(frozen=True, slots=True)
class Circles:
    """Queries about circles."""

    session: AsyncSession

    async def add(self, circle: Circle) -> None:
        """Insert a circle."""
        await add_row(self.session, circle)

    async def find(self, artist_pk: int, pk: int) -> Circle | None:
        """One of an artist's circles."""
        return (await self.session.exec(select(Circle).where(Circle.artist_pk == artist_pk, Circle.pk == pk))).first()

    async def find_all(self, artist_pk: int) -> Sequence[Circle]:
        """An artist's circles, by title."""
        mine = select(Circle).where(Circle.artist_pk == artist_pk)
        return (await self.session.exec(mine.order_by(col(Circle.title), col(Circle.pk)))).all()

    async def count(self, artist_pk: int) -> int:
        """How many circles an artist has."""
        counted = select(func.count()).select_from(Circle).where(Circle.artist_pk == artist_pk)
        return (await self.session.exec(counted)).one()

    async def find_members(self, circle_pk: int) -> set[str]:
        """The ids of everybody in a circle."""
        return set(await self.session.exec(select(CircleMember.actor_id).where(CircleMember.circle_pk == circle_pk)))

    async def replace_members(self, circle_pk: int, actor_ids: Collection[str]) -> None:
        """Let a circle hold these people and no others."""
        await count_changed(self.session, delete(CircleMember).where(col(CircleMember.circle_pk) == circle_pk))
        self.session.add_all(CircleMember(circle_pk=circle_pk, actor_id=actor_id) for actor_id in sorted(actor_ids))
        await self.session.flush()

    async def remove(self, artist_pk: int, pk: int) -> None:
        """Delete a circle."""
        await count_changed(
            self.session, delete(Circle).where(col(Circle.artist_pk) == artist_pk, col(Circle.pk) == pk)
        )
