"""Keys: what artists and the instance sign with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Field, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment, primary_key, reference
from storage.errors import NotFound
from storage.statements import add_row, count_changed


class Key(Table, table=True):
    """A signing key of an artist, or of the instance where `artist_pk` is absent."""

    __tablename__ = "keys"

    pk: int = primary_key()
    artist_pk: int | None = reference("artists.pk", index=True, default=None)
    algorithm: str
    key_id: str = Field(unique=True)
    private_pem: str = long_text(repr=False)
    public_pem: str = long_text()
    created_at: datetime = moment()
    retired_at: datetime | None = moment(default=None)


@dataclass(frozen=True, slots=True)
class Keys:
    """Queries about keys; `artist_pk` None means the instance's own."""

    session: AsyncSession

    async def add(self, key: Key) -> None:
        """Insert a key."""
        await add_row(self.session, key)

    async def find_current(self, artist_pk: int | None, algorithm: str) -> Key | None:
        """The newest key that is not retired."""
        statement = (
            select(Key)
            .where(
                col(Key.artist_pk).is_not_distinct_from(artist_pk),
                col(Key.algorithm) == algorithm,
                col(Key.retired_at).is_(None),
            )
            .order_by(col(Key.pk).desc())
            .limit(1)
        )
        return (await self.session.exec(statement)).first()

    async def get_current(self, artist_pk: int | None, algorithm: str) -> Key:
        """Like `find_current`, or raises NotFound."""
        if (key := await self.find_current(artist_pk, algorithm)) is None:
            raise NotFound(f"{algorithm} key of", "the instance" if artist_pk is None else artist_pk)
        return key

    async def find_all(self, artist_pk: int | None, retired_since: datetime | None = None) -> Sequence[Key]:
        """Every current key, newest first, and those retired since then, while peers may still hold them."""
        usable: Any = col(Key.retired_at).is_(None)
        if retired_since is not None:
            usable = usable | (col(Key.retired_at) >= retired_since)
        statement = (
            select(Key)
            .where(col(Key.artist_pk).is_not_distinct_from(artist_pk), usable)
            .order_by(col(Key.retired_at).is_not(None), col(Key.pk).desc())
        )
        return (await self.session.exec(statement)).all()

    async def find_ever(self, artist_pk: int | None, algorithm: str) -> Sequence[Key]:
        """Every key there ever was, newest first."""
        owned = select(Key).where(col(Key.artist_pk).is_not_distinct_from(artist_pk), col(Key.algorithm) == algorithm)
        return (await self.session.exec(owned.order_by(col(Key.pk).desc()))).all()

    async def find_by_key_id(self, key_id: str) -> Key | None:
        """The key of that id, retired or not."""
        return (await self.session.exec(select(Key).where(Key.key_id == key_id))).first()

    async def retire(self, pk: int, now: datetime) -> None:
        """Sign nothing more with a key."""
        await count_changed(self.session, update(Key).where(col(Key.pk) == pk).values(retired_at=now))
