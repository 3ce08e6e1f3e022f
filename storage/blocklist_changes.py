"""What was published about our own entries: changes in order, never rewritten, emptied at most."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, func
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, json_list, long_text, moment, primary_key
from storage.queues import serialize_claims
from storage.statements import count_changed

RECOMMENDATION, RETRACTION, TOMBSTONE = "recommendation", "retraction", "tombstone"


class BlocklistChange(Table, table=True):
    """One change of the list that this instance publishes; its pk is its place in the order, and its public id.

    A tombstone says nothing any more but that there was a change; where it has a `key`, that is the pk of the change
    that is meant, told again for those who had read on already.
    """

    __tablename__ = "blocklist_changes"
    __table_args__ = (Index("ix_blocklist_changes_kind_key", "kind", "key"),)

    pk: int = primary_key()
    change_type: str = RECOMMENDATION
    kind: str
    key: str
    label: str = ""
    policy: str = ""
    comment: str = long_text()
    evidence: list[str] = json_list()
    author: str = ""
    published_at: datetime = moment()
    expires_at: datetime | None = moment(default=None)


@dataclass(frozen=True, slots=True)
class BlocklistChanges:
    """Queries about published changes."""

    session: AsyncSession

    async def append(self, *changes: BlocklistChange) -> None:
        """Publish changes after every other: where their pks are not greater than theirs, they get ones that are.

        So whoever has read up to some pk never misses one that was written later.
        """
        await serialize_claims(self.session, "blocklist_changes")
        last = await self.find_last_pk()
        for change in changes:
            last = change.pk = max(change.pk, last + 1)
        self.session.add_all(changes)
        await self.session.flush()

    async def find(self, pk: int) -> BlocklistChange | None:
        """The change with that key."""
        return await self.session.get(BlocklistChange, pk)

    async def find_after(self, pk: int, limit: int) -> Sequence[BlocklistChange]:
        """What was published later than that, oldest first."""
        statement = select(BlocklistChange).where(col(BlocklistChange.pk) > pk)
        return (await self.session.exec(statement.order_by(col(BlocklistChange.pk)).limit(limit))).all()

    async def find_standing(self) -> Sequence[BlocklistChange]:
        """The last change about each thing, oldest first: recommendations that stand, and retractions."""
        last = select(func.max(BlocklistChange.pk)).where(col(BlocklistChange.change_type) != TOMBSTONE)
        newest = last.group_by(col(BlocklistChange.kind), col(BlocklistChange.key))
        statement = select(BlocklistChange).where(col(BlocklistChange.pk).in_(newest))
        return (await self.session.exec(statement.order_by(col(BlocklistChange.pk)))).all()

    async def count(self) -> int:
        """How many changes there have been."""
        return (await self.session.exec(select(func.count()).select_from(BlocklistChange))).one()

    async def find_about(self, kind: str, key: str) -> Sequence[BlocklistChange]:
        """Every change about one thing, oldest first."""
        statement = select(BlocklistChange).where(BlocklistChange.kind == kind, BlocklistChange.key == key)
        return (await self.session.exec(statement.order_by(col(BlocklistChange.pk)))).all()

    async def bury(self, pks: Collection[int]) -> int:
        """Take back what changes said, as where they named a person by mistake; how many there were."""
        nothing = {"change_type": TOMBSTONE, "kind": "", "key": "", "label": "", "policy": "", "comment": ""}
        statement = update(BlocklistChange).where(col(BlocklistChange.pk).in_(pks))
        return await count_changed(self.session, statement.values(**nothing, evidence=[], author="", expires_at=None))

    async def find_last_pk(self) -> int:
        """The key of the last change; 0 where there is none."""
        return (await self.session.exec(select(func.max(BlocklistChange.pk)))).one() or 0
