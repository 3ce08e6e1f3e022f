"""How works were made: sketches, layers and films that their artists keep beside them, by hash and date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment, primary_key, reference
from storage.statements import add_row, count_changed


class MakingFile(Table, table=True):
    """One file of a work's making, kept as it is under `hash`; `attachment_pk` is what of it can be shown.

    Everybody may see what `is_public`, moderators the rest.
    """

    __tablename__ = "making_files"

    pk: int = primary_key()
    artist_pk: int = reference("artists.pk", index=True)
    post_pk: int = reference("posts.pk", index=True)
    attachment_pk: int | None = reference("attachments.pk", index=True, default=None)
    kind: str
    note: str = long_text()
    name: str
    hash: str = Field(index=True)
    byte_size: int
    is_public: bool = False
    created_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class Making:
    """Queries about how works were made."""

    session: AsyncSession

    async def add(self, row: MakingFile) -> None:
        """Insert a file."""
        await add_row(self.session, row)

    async def find(self, pk: int) -> MakingFile | None:
        """The file with that key."""
        return await self.session.get(MakingFile, pk)

    async def find_for_post(self, post_pk: int) -> Sequence[MakingFile]:
        """Every file beside a work, the oldest first."""
        statement = select(MakingFile).where(MakingFile.post_pk == post_pk).order_by(col(MakingFile.pk))
        return (await self.session.exec(statement)).all()

    async def count_public(self, post_pk: int) -> int:
        """How many of them everybody may see."""
        shown = (MakingFile.post_pk == post_pk, col(MakingFile.is_public))
        return (await self.session.exec(select(func.count()).select_from(MakingFile).where(*shown))).one()

    async def weigh(self, artist_pk: int) -> int:
        """How many bytes an artist's files have together."""
        total = select(func.coalesce(func.sum(MakingFile.byte_size), 0)).where(MakingFile.artist_pk == artist_pk)
        return int((await self.session.exec(total)).one())

    async def remove(self, pk: int) -> None:
        """Delete a file's row."""
        await count_changed(self.session, delete(MakingFile).where(col(MakingFile.pk) == pk))
