"""Second factors: codes that an app shows, and recovery codes for when the device is lost."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, reference
from storage.passkeys import Passkey
from storage.statements import count_changed, insert_or_replace


class SecondFactor(Table, table=True):
    """An artist's secret for codes, in force once confirmed; ``last_step`` is the last code's number, used up."""

    __tablename__ = "second_factors"

    artist_pk: int = reference("artists.pk", primary=True)
    secret: str = Field(repr=False)
    confirmed_at: datetime | None = moment(default=None)
    last_step: int = 0


class RecoveryCode(Table, table=True):
    """A code that opens once in place of the app's; only its hash is kept."""

    __tablename__ = "recovery_codes"

    artist_pk: int = reference("artists.pk", primary=True)
    code_hash: str = Field(primary_key=True, repr=False)


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """Queries about second factors."""

    session: AsyncSession

    async def set(self, row: SecondFactor) -> None:
        """Begin anew with this secret, which is not in force yet."""
        await insert_or_replace(self.session, row, key=["artist_pk"])

    async def find(self, artist_pk: int) -> SecondFactor | None:
        """An artist's second factor, in force or about to be."""
        return (await self.session.exec(select(SecondFactor).where(SecondFactor.artist_pk == artist_pk))).first()

    async def find_owners(self) -> frozenset[int]:
        """The artists who have one in force, or a passkey."""
        confirmed = select(SecondFactor.artist_pk).where(col(SecondFactor.confirmed_at).is_not(None))
        owners = await self.session.exec(select(Passkey.artist_pk))
        return frozenset(await self.session.exec(confirmed)) | frozenset(owners)

    async def use_step(self, artist_pk: int, step: int) -> bool:
        """Use a code's number up; False where it, or a later one, was used before."""
        unused = col(SecondFactor.artist_pk) == artist_pk, col(SecondFactor.last_step) < step
        return await count_changed(self.session, update(SecondFactor).where(*unused).values(last_step=step)) == 1

    async def confirm(self, artist_pk: int, now: datetime) -> None:
        """Put it in force."""
        row = col(SecondFactor.artist_pk) == artist_pk
        await count_changed(self.session, update(SecondFactor).where(row).values(confirmed_at=now))

    async def remove(self, artist_pk: int) -> None:
        """Forget an artist's second factor and recovery codes."""
        await count_changed(self.session, delete(SecondFactor).where(col(SecondFactor.artist_pk) == artist_pk))
        await self.replace_codes(artist_pk, ())

    async def replace_codes(self, artist_pk: int, hashes: Collection[str]) -> None:
        """Let these be the recovery codes, and no others."""
        await count_changed(self.session, delete(RecoveryCode).where(col(RecoveryCode.artist_pk) == artist_pk))
        self.session.add_all([RecoveryCode(artist_pk=artist_pk, code_hash=one) for one in hashes])
        await self.session.flush()

    async def use_code(self, artist_pk: int, code_hash: str) -> bool:
        """Use a recovery code up; False where there is no such."""
        mine = col(RecoveryCode.artist_pk) == artist_pk, col(RecoveryCode.code_hash) == code_hash
        return await count_changed(self.session, delete(RecoveryCode).where(*mine)) == 1

    async def count_codes(self, artist_pk: int) -> int:
        """How many recovery codes are left."""
        statement = select(func.count()).select_from(RecoveryCode).where(col(RecoveryCode.artist_pk) == artist_pk)
        return (await self.session.exec(statement)).one()
