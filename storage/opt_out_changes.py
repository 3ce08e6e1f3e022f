"""Changes of the opt-out: who said what, of which level, and when. Nothing here is ever changed again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, primary_key
from storage.statements import add_row, in_chunks


class OptOutChange(Table, table=True):
    """A statement made at a level (instance, artist, post, picture) about a subject.

    ``subject`` is the instance's address, an actor's id, a post's id, or that with ``#`` and the picture's key. ``old``
    and ``new`` are policies; None says that the level had, or has, no answer of its own.
    """

    __tablename__ = "opt_out_changes"

    pk: int = primary_key()
    level: str
    subject: str = Field(index=True)
    old: str | None = None
    new: str | None = None
    changed_by: str
    changed_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class OptOutChanges:
    """Queries about changes of the opt-out."""

    session: AsyncSession

    async def add(self, change: OptOutChange) -> None:
        """Write a change down."""
        await add_row(self.session, change)

    async def find(self, subjects: Collection[str]) -> Sequence[OptOutChange]:
        """Everything that was said about these, oldest first."""
        found: list[OptOutChange] = []
        for chunk in in_chunks(subjects):
            found.extend(await self.session.exec(select(OptOutChange).where(col(OptOutChange.subject).in_(chunk))))
        return sorted(found, key=lambda change: change.pk)

    async def find_last(self, subject: str) -> OptOutChange | None:
        """What was last said about this."""
        statement = select(OptOutChange).where(col(OptOutChange.subject) == subject)
        return (await self.session.exec(statement.order_by(col(OptOutChange.pk).desc()).limit(1))).first()

    async def find_explicit(self, subjects: Collection[str]) -> set[str]:
        """Those of these subjects whose last change is an answer of their own."""
        explicit: set[str] = set()
        for chunk in in_chunks(subjects):
            newest = (
                select(func.max(OptOutChange.pk))
                .where(col(OptOutChange.subject).in_(chunk))
                .group_by(col(OptOutChange.subject))
            )
            statement = select(OptOutChange.subject).where(
                col(OptOutChange.pk).in_(newest), col(OptOutChange.new).is_not(None)
            )
            explicit.update(await self.session.exec(statement))
        return explicit
