"""Held lists: what a subscription read, waiting for somebody to look at it before it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, binary, moment
from storage.statements import count_changed, insert_or_replace


class HeldList(Table, table=True):
    """The newest reading of a list that is reviewed; `body` is its entries, compressed, `digest` their SHA-256.

    One that was dismissed stays, so that the same list is not shown again.
    """

    __tablename__ = "held_lists"

    url: str = Field(primary_key=True)
    digest: str
    body: bytes = binary(repr=False)
    added: int = 0
    changed: int = 0
    retracted: int = 0
    held_at: datetime = moment()
    dismissed_at: datetime | None = moment(default=None)


@dataclass(frozen=True, slots=True)
class HeldLists:
    """Queries about held lists."""

    session: AsyncSession

    async def hold(self, held: HeldList) -> None:
        """Keep a reading, in the place of an older one."""
        await insert_or_replace(self.session, held, key=["url"])

    async def find(self, url: str) -> HeldList | None:
        """The reading of a list that waits, or was dismissed."""
        statement = select(HeldList).where(HeldList.url == url)
        return (await self.session.exec(statement, execution_options={"populate_existing": True})).first()

    async def find_waiting(self) -> Sequence[HeldList]:
        """Every reading that waits, the oldest first."""
        statement = select(HeldList).where(col(HeldList.dismissed_at).is_(None)).order_by(col(HeldList.held_at))
        return (await self.session.exec(statement)).all()

    async def remove(self, url: str) -> bool:
        """Forget a reading; False where there was none."""
        return await count_changed(self.session, delete(HeldList).where(col(HeldList.url) == url)) == 1
