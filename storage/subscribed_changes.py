"""Changes that subscribed feeds made: which of them said what, since a tombstone names the change alone."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table
from storage.statements import count_changed, in_chunks, insert_or_replace_values


class SubscribedChange(Table, table=True):
    """A change of a feed, by its id there, and the thing it was about."""

    __tablename__ = "subscribed_changes"

    source: str = Field(primary_key=True)
    change_id: str = Field(primary_key=True)
    kind: str
    key: str


class ChangeOf(NamedTuple):
    """A change, and the thing that it was about."""

    change_id: str
    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class SubscribedChanges:
    """Queries about changes of others."""

    session: AsyncSession

    async def add_many(self, source: str, changes: Collection[ChangeOf]) -> None:
        """Remember these changes of a feed."""
        values = [{"source": source, **change._asdict()} for change in changes]
        await insert_or_replace_values(self.session, SubscribedChange, values, ["source", "change_id"], [])

    async def find_many(self, source: str, change_ids: Collection[str]) -> dict[str, SubscribedChange]:
        """The known ones among these, by id."""
        found: dict[str, SubscribedChange] = {}
        for chunk in in_chunks(change_ids):
            of_source = select(SubscribedChange).where(SubscribedChange.source == source)
            rows = await self.session.exec(of_source.where(col(SubscribedChange.change_id).in_(chunk)))
            found.update((change.change_id, change) for change in rows)
        return found

    async def remove_source(self, source: str) -> int:
        """Forget a feed's changes; how many."""
        statement = delete(SubscribedChange).where(col(SubscribedChange.source) == source)
        return await count_changed(self.session, statement)
