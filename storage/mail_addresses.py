"""Mail addresses: where an artist gets a link for a new password; shown to nobody else."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, reference
from storage.statements import count_changed, insert_or_replace


class MailAddress(Table, table=True):
    """An artist's address; confirmed once its reader opened the link sent there."""

    __tablename__ = "mail_addresses"

    artist_pk: int = reference("artists.pk", primary=True)
    address: str = Field(repr=False)
    confirmed_at: datetime | None = moment(default=None)


@dataclass(frozen=True, slots=True)
class MailAddresses:
    """Queries about mail addresses."""

    session: AsyncSession

    async def set(self, row: MailAddress) -> None:
        """Put an address in the place of an earlier one."""
        await insert_or_replace(self.session, row, key=["artist_pk"])

    async def find(self, artist_pk: int) -> MailAddress | None:
        """An artist's address."""
        return (await self.session.exec(select(MailAddress).where(MailAddress.artist_pk == artist_pk))).first()

    async def remove(self, artist_pk: int) -> None:
        """Forget an artist's address."""
        await count_changed(self.session, delete(MailAddress).where(col(MailAddress.artist_pk) == artist_pk))
