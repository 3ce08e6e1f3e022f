"""Tokens: links that work once (the first admin, a password reset, an invitation)."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, reference
from storage.statements import add_row, count_changed


class Token(Table, table=True):
    """A link that works once; only the hash of its secret is kept."""

    __tablename__ = "tokens"

    token_hash: str = Field(primary_key=True, repr=False)
    purpose: str
    artist_pk: int | None = reference("artists.pk", index=True, default=None)
    created_at: datetime = moment()
    expires_at: datetime = moment(index=True)
    used_at: datetime | None = moment(default=None)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Queries about tokens."""

    session: AsyncSession

    async def add(self, row: Token) -> None:
        """Issue a token."""
        await add_row(self.session, row)

    async def find(self, token_hash: str, purpose: str, now: datetime) -> Token | None:
        """The token if it could still be consumed: for showing the form behind the link."""
        statement = select(Token).where(
            col(Token.token_hash) == token_hash,
            col(Token.purpose) == purpose,
            col(Token.used_at).is_(None),
            col(Token.expires_at) > now,
        )
        return (await self.session.exec(statement)).first()

    async def consume(self, token_hash: str, purpose: str, now: datetime) -> Token | None:
        """Use a token up; None where it is unknown, expired, for something else, or was used before."""
        statement = (
            update(Token)
            .where(
                col(Token.token_hash) == token_hash,
                col(Token.purpose) == purpose,
                col(Token.used_at).is_(None),
                col(Token.expires_at) > now,
            )
            .values(used_at=now)
            .returning(Token)
        )
        return (await self.session.exec(statement)).scalars().first()

    async def remove_for_purpose(self, purpose: str) -> int:
        """Withdraw every token of a purpose; how many."""
        return await count_changed(self.session, delete(Token).where(col(Token.purpose) == purpose))

    async def remove_for_artist(self, artist_pk: int, purpose: str) -> int:
        """Withdraw an artist's tokens of a purpose; how many."""
        theirs = col(Token.artist_pk) == artist_pk, col(Token.purpose) == purpose
        return await count_changed(self.session, delete(Token).where(*theirs))

    async def remove_expired(self, now: datetime) -> int:
        """Forget tokens whose time is over; how many."""
        return await count_changed(self.session, delete(Token).where(col(Token.expires_at) <= now))
