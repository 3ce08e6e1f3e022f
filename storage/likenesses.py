"""Likenesses: what pictures look like, so that copies and crops of them are known again."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, binary, primary_key, reference
from storage.statements import insert_unless_known

PAGE = 2000


class Likeness(Table, table=True):
    """The look of one attachment: of the whole in 32 bytes, and of its windows in 8 bytes each.

    A row's key is of the time at which it was written, which may be long after its picture's.
    """

    __tablename__ = "likenesses"

    pk: int = primary_key()
    attachment_pk: int = reference("attachments.pk", unique=True)
    whole: bytes = binary()
    windows: bytes = binary()


@dataclass(frozen=True, slots=True)
class Look:
    """One row without its windows."""

    pk: int
    attachment_pk: int
    whole: bytes


@dataclass(frozen=True, slots=True)
class Likenesses:
    """Queries about likenesses."""

    session: AsyncSession

    async def add(self, likeness: Likeness) -> bool:
        """Write a look down; False where the picture has one already."""
        return await insert_unless_known(self.session, likeness)

    async def find_since(self, pk: int) -> Sequence[Look]:
        """The looks of whole pictures whose keys are greater, in order."""
        columns = (col(Likeness.pk), col(Likeness.attachment_pk), col(Likeness.whole))
        rows = await self.session.exec(select(*columns).where(col(Likeness.pk) > pk).order_by(col(Likeness.pk)))
        return [Look(*row) for row in rows]

    async def all_windows(self) -> AsyncIterator[Sequence[tuple[int, bytes]]]:
        """The attachment's pk and its windows' looks for every picture, some thousand at a time."""
        last = -1
        columns = (col(Likeness.pk), col(Likeness.attachment_pk), col(Likeness.windows))
        while True:
            statement = select(*columns).where(col(Likeness.pk) > last).order_by(col(Likeness.pk)).limit(PAGE)
            rows = (await self.session.exec(statement)).all()
            if not rows:
                return
            yield [(attachment_pk, windows) for _, attachment_pk, windows in rows]
            last = rows[-1][0]

    async def find(self, attachment_pk: int) -> Likeness | None:
        """The look of one picture."""
        return (await self.session.exec(select(Likeness).where(Likeness.attachment_pk == attachment_pk))).first()
