"""Remote keys: what other servers' actors sign with, as last fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment
from storage.statements import count_changed, insert_or_replace


class RemoteKey(Table, table=True):
    """A public key of a remote actor, which owns it and names it in its own document."""

    __tablename__ = "remote_keys"

    key_id: str = Field(primary_key=True)
    actor_id: str = Field(index=True)
    algorithm: str
    pem: str = long_text()
    fetched_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class RemoteKeys:
    """Queries about remote keys."""

    session: AsyncSession

    async def find(self, key_id: str) -> RemoteKey | None:
        """The key of that id."""
        statement = select(RemoteKey).where(RemoteKey.key_id == key_id)
        return (await self.session.exec(statement, execution_options={"populate_existing": True})).first()

    async def find_for_actor(self, actor_id: str) -> Sequence[RemoteKey]:
        """Every key of an actor."""
        return (await self.session.exec(select(RemoteKey).where(RemoteKey.actor_id == actor_id))).all()

    async def record(self, key: RemoteKey) -> None:
        """Keep a fetched key, in place of what its id named before."""
        await insert_or_replace(self.session, key, key=["key_id"])

    async def replace_for_actor(self, actor_id: str, keys: Sequence[RemoteKey]) -> None:
        """Keep exactly these keys of an actor: one that its document names no more signs no more."""
        await self.remove_for_actor(actor_id)
        for key in keys:
            await self.record(key)

    async def remove_for_actor(self, actor_id: str) -> None:
        """Forget every key of an actor."""
        await count_changed(self.session, delete(RemoteKey).where(col(RemoteKey.actor_id) == actor_id))
