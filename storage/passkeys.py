"""Passkeys: keys in an artist's devices, which sign in without a password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, binary, moment, primary_key, reference
from storage.statements import count_changed, insert_unless_known


class Passkey(Table, table=True):
    """One passkey: ``credential_id`` in base64url without padding, the public key as COSE."""

    __tablename__ = "passkeys"

    pk: int = primary_key()
    artist_pk: int = reference("artists.pk", index=True)
    credential_id: str = Field(unique=True)
    public_key: bytes = binary()
    sign_count: int = Field(default=0, sa_type=BigInteger)
    name: str = ""
    created_at: datetime = moment()
    used_at: datetime | None = moment(default=None)


@dataclass(frozen=True, slots=True)
class Passkeys:
    """Queries about passkeys."""

    session: AsyncSession

    async def add(self, passkey: Passkey) -> bool:
        """Keep a passkey; False where this very credential is kept already."""
        return await insert_unless_known(self.session, passkey)

    async def find(self, credential_id: str) -> Passkey | None:
        """The passkey with that id."""
        return (await self.session.exec(select(Passkey).where(Passkey.credential_id == credential_id))).first()

    async def find_all(self, artist_pk: int) -> Sequence[Passkey]:
        """An artist's passkeys, the oldest first."""
        statement = select(Passkey).where(Passkey.artist_pk == artist_pk).order_by(col(Passkey.pk))
        return (await self.session.exec(statement)).all()

    async def record_use(self, pk: int, sign_count: int, now: datetime) -> None:
        """Remember a sign-in and how far the device counts."""
        values = {"sign_count": sign_count, "used_at": now}
        await count_changed(self.session, update(Passkey).where(col(Passkey.pk) == pk).values(values))

    async def remove(self, artist_pk: int, pk: int) -> bool:
        """Forget one of an artist's passkeys; False where they have no such."""
        statement = delete(Passkey).where(col(Passkey.pk) == pk, col(Passkey.artist_pk) == artist_pk)
        return await count_changed(self.session, statement) == 1

    async def remove_all(self, artist_pk: int) -> int:
        """Forget all of an artist's passkeys; how many."""
        return await count_changed(self.session, delete(Passkey).where(col(Passkey.artist_pk) == artist_pk))
