"""Sessions: browsers in which an artist is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, reference
from storage.statements import add_row, count_changed


class Session(Table, table=True):
    """One signed-in browser; only the hash of its token is kept."""

    __tablename__ = "sessions"

    token_hash: str = Field(primary_key=True, repr=False)
    artist_pk: int = reference("artists.pk", index=True)
    created_at: datetime = moment()
    seen_at: datetime = moment(index=True)
    expires_at: datetime = moment(index=True)
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Sessions:
    """Queries about sessions."""

    session: AsyncSession

    async def add(self, row: Session) -> None:
        """Sign in."""
        await add_row(self.session, row)

    async def find(self, token_hash: str, now: datetime) -> Session | None:
        """The session of that token unless it has expired."""
        statement = select(Session).where(Session.token_hash == token_hash, col(Session.expires_at) > now)
        return (await self.session.exec(statement)).first()

    async def find_for_artist(self, artist_pk: int, now: datetime) -> Sequence[Session]:
        """Every living session of an artist, the last seen first."""
        statement = (
            select(Session)
            .where(Session.artist_pk == artist_pk, col(Session.expires_at) > now)
            .order_by(col(Session.seen_at).desc())
        )
        return (await self.session.exec(statement)).all()

    async def touch(self, token_hash: str, now: datetime, expires_at: datetime) -> None:
        """Note that the session is in use, and until when it is good."""
        values = {"seen_at": now, "expires_at": expires_at}
        await count_changed(self.session, update(Session).where(col(Session.token_hash) == token_hash).values(values))

    async def remove(self, token_hash: str) -> None:
        """Sign out."""
        await count_changed(self.session, delete(Session).where(col(Session.token_hash) == token_hash))

    async def remove_for_artist(self, artist_pk: int, keep_token_hash: str = "") -> int:
        """Sign an artist out everywhere, but for the one browser to keep; how many sessions ended."""
        statement = delete(Session).where(
            col(Session.artist_pk) == artist_pk, col(Session.token_hash) != keep_token_hash
        )
        return await count_changed(self.session, statement)

    async def remove_expired(self, now: datetime) -> int:
        """Forget sessions whose time is over; how many."""
        return await count_changed(self.session, delete(Session).where(col(Session.expires_at) <= now))
