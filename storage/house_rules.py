"""Rules of the house and announcements: what those who run the place tell everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment, primary_key
from storage.statements import add_row, count_changed


class Rule(Table, table=True):
    """One rule; they are numbered by their position."""

    __tablename__ = "rules"

    pk: int = primary_key()
    position: int
    content: str = long_text()


class Announcement(Table, table=True):
    """Something that every artist here is told until it ends."""

    __tablename__ = "announcements"

    pk: int = primary_key()
    author: str
    content: str = long_text()
    created_at: datetime = moment()
    ends_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class HouseRules:
    """Queries about rules and announcements."""

    session: AsyncSession

    async def find_rules(self) -> Sequence[Rule]:
        """Every rule, in order."""
        return (await self.session.exec(select(Rule).order_by(col(Rule.position)))).all()

    async def replace_rules(self, rules: Sequence[Rule]) -> None:
        """Let these be the rules."""
        await count_changed(self.session, delete(Rule))
        self.session.add_all(rules)
        await self.session.flush()

    async def announce(self, announcement: Announcement) -> None:
        """Tell everybody something."""
        await add_row(self.session, announcement)

    async def find_announcements(self, now: datetime) -> Sequence[Announcement]:
        """What is being told, newest first."""
        statement = select(Announcement).where(col(Announcement.ends_at) > now).order_by(col(Announcement.pk).desc())
        return (await self.session.exec(statement)).all()

    async def end_announcement(self, pk: int) -> bool:
        """Tell it no longer; False where it was not told."""
        return await count_changed(self.session, delete(Announcement).where(col(Announcement.pk) == pk)) == 1
