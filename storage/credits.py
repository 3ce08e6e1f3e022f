"""Credits: who else made a work, in the words of its artist, and whether they agree to be named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, primary_key, reference
from storage.statements import add_row

ASKED: Final = "asked"
AGREED: Final = "agreed"
DECLINED: Final = "declined"
DROPPED: Final = "dropped"
"""The artist of the work took it back."""


class Credit(Table, table=True):
    """That the artist `author_pk` names somebody as having made a work with her; shown while it is AGREED.

    `artist_pk` is there where the one named is of this instance; `hangs` says that the work is in their portfolio, too;
    `agreed_at` stays when they take it back, for their server has the post.
    """

    __tablename__ = "credits"
    __table_args__ = (UniqueConstraint("post_pk", "actor_id"),)

    pk: int = primary_key()
    post_pk: int = reference("posts.pk")
    author_pk: int = reference("artists.pk", index=True)
    artist_pk: int | None = reference("artists.pk", index=True, default=None)
    actor_id: str = Field(index=True)
    handle: str
    url: str = ""
    role: str = ""
    state: str = ASKED
    hangs: bool = False
    asked_at: datetime = moment()
    agreed_at: datetime | None = moment(default=None)


@dataclass(frozen=True, slots=True)
class Credits:
    """Queries about credits."""

    session: AsyncSession

    async def add(self, row: Credit) -> None:
        """Insert a credit."""
        await add_row(self.session, row)

    async def find(self, pk: int) -> Credit | None:
        """The credit with that key."""
        return await self.session.get(Credit, pk)

    async def find_for_post(self, post_pk: int) -> Sequence[Credit]:
        """Everybody who was ever named in a post, in the order of being asked."""
        return (await self.session.exec(select(Credit).where(Credit.post_pk == post_pk).order_by(col(Credit.pk)))).all()

    async def find_of_artist(self, artist_pk: int) -> Sequence[Credit]:
        """What an artist of this instance is asked, or agreed to, or declined; the newest first."""
        mine = select(Credit).where(Credit.artist_pk == artist_pk, Credit.state != DROPPED)
        return (await self.session.exec(mine.order_by(col(Credit.pk).desc()))).all()

    async def find_between(self, author_pk: int, actor_id: str) -> Sequence[Credit]:
        """Where an artist names somebody, or would."""
        named = select(Credit).where(Credit.author_pk == author_pk, Credit.actor_id == actor_id)
        return (await self.session.exec(named.where(col(Credit.state).in_((ASKED, AGREED))))).all()

    async def find_by_actor(self, actor_id: str) -> Sequence[Credit]:
        """Where somebody is named, or asked to be."""
        named = select(Credit).where(Credit.actor_id == actor_id, col(Credit.state).in_((ASKED, AGREED)))
        return (await self.session.exec(named)).all()
