"""Heartbeats: that some process of the instance does the work in the background."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment
from storage.statements import insert_or_replace


class Heartbeat(Table, table=True):
    """When a kind of work was last seen alive."""

    __tablename__ = "heartbeats"

    name: str = Field(primary_key=True)
    seen_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class Heartbeats:
    """Queries about heartbeats."""

    session: AsyncSession

    async def beat(self, name: str, now: datetime) -> None:
        """Say that it is alive."""
        await insert_or_replace(self.session, Heartbeat(name=name, seen_at=now), key=["name"])

    async def last(self, name: str) -> datetime | None:
        """When it last said so."""
        return (await self.session.exec(select(Heartbeat.seen_at).where(Heartbeat.name == name))).first()
