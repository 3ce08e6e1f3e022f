"""Revisions: numbers that grow with a change, so that running processes see what another one did."""

from dataclasses import dataclass

from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table
from storage.statements import insert_into


class Revision(Table, table=True):
    """How often what `name` stands for has changed."""

    __tablename__ = "revisions"

    name: str = Field(primary_key=True)
    value: int = 0


@dataclass(frozen=True, slots=True)
class Revisions:
    """Queries about revisions; bump in the transaction that makes the change."""

    session: AsyncSession

    async def bump(self, name: str) -> int:
        """Say that something changed; the new value."""
        insert = insert_into(self.session, Revision).values(name=name, value=1)
        bumped = insert.on_conflict_do_update(index_elements=["name"], set_={"value": col(Revision.value) + 1})
        value: int = (await self.session.exec(bumped.returning(col(Revision.value)))).scalar_one()
        return value

    async def current(self, name: str) -> int:
        """The value; 0 before the first change."""
        return (await self.session.exec(select(Revision.value).where(Revision.name == name))).first() or 0

    async def find_all(self) -> dict[str, int]:
        """Every value, by name: the one query of a process that watches."""
        return dict((await self.session.exec(select(Revision.name, Revision.value))).all())
