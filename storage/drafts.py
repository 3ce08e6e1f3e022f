"""Drafts: posts to be, as their forms stand, and when they are to go out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, func, or_
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, json_object, long_text, moment, primary_key, reference
from storage.statements import add_row, count_changed
from storage.uploads import READY, Upload

OPEN, DUE, HELD, PUBLISHED = "open", "due", "held", "published"


class Draft(Table, table=True):
    """A post to be. ``state`` is open, due (goes out at ``publish_at``), held (waits for a moderator) or published.

    ``fields`` are the form's as they were typed; ``post`` is what was decided to go out, checked. ``problem`` says why
    it did not; ``post_pk`` is what it became; ``appeal`` is what its artist says of what is held, ``reviewed_by``
    who let it out.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        Index("ix_drafts_artist_pk_updated_at", "artist_pk", "updated_at"),
        Index("ix_drafts_state_publish_at", "state", "publish_at"),
    )

    pk: int = primary_key()
    artist_pk: int = reference("artists.pk")
    state: str = OPEN
    fields: dict[str, Any] = json_object()
    post: dict[str, Any] = json_object()
    publish_at: datetime | None = moment(default=None)
    time_zone: str = ""
    problem: str = long_text()
    appeal: str = long_text()
    reviewed_by: str = ""
    post_pk: int | None = Field(default=None, sa_type=BigInteger)
    lease_until: datetime | None = moment(default=None)
    created_at: datetime = moment()
    updated_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class Drafts:
    """Queries about drafts."""

    session: AsyncSession

    async def add(self, draft: Draft) -> None:
        """Insert a draft."""
        await add_row(self.session, draft)

    async def find(self, pk: int) -> Draft | None:
        """The draft with that key, as it is now."""
        return await self.session.get(Draft, pk, populate_existing=True)

    async def find_of(self, artist_pk: int, states: Collection[str], limit: int = 100) -> Sequence[Draft]:
        """An artist's drafts in one of these states, the last changed first."""
        statement = select(Draft).where(Draft.artist_pk == artist_pk, col(Draft.state).in_(states))
        return (await self.session.exec(statement.order_by(col(Draft.updated_at).desc()).limit(limit))).all()

    async def find_held(self, limit: int = 100) -> Sequence[Draft]:
        """What is held, the longest held first."""
        statement = select(Draft).where(Draft.state == HELD).order_by(col(Draft.updated_at)).limit(limit)
        return (await self.session.exec(statement)).all()

    async def count_of(self, artist_pk: int) -> int:
        """How many drafts an artist keeps."""
        statement = select(func.count()).where(Draft.artist_pk == artist_pk, col(Draft.state) != PUBLISHED)
        return (await self.session.exec(statement)).one()

    async def claim_due(self, now: datetime, until: datetime) -> Draft | None:
        """A draft whose time has come and whose pictures are all done with, leased until then; or None.

        A lease that ran out, because its worker was killed, can be claimed again.
        """
        unready = select(Upload.pk).where(col(Upload.draft_pk) == col(Draft.pk), col(Upload.state).not_in(READY))
        free = (
            col(Draft.state) == DUE,
            col(Draft.publish_at) <= now,
            or_(col(Draft.lease_until).is_(None), col(Draft.lease_until) <= now),
            ~unready.exists(),
        )
        found = (await self.session.exec(select(Draft).where(*free).order_by(col(Draft.publish_at)).limit(1))).first()
        if found is None:
            return None
        mine = update(Draft).where(col(Draft.pk) == found.pk, *free).values(lease_until=until)
        return found if await count_changed(self.session, mine) else None

    async def settle(self, pk: int, states: Collection[str], **values: Any) -> bool:
        """Change a draft that is in one of these states; False where somebody was faster. Its lease ends."""
        statement = update(Draft).where(col(Draft.pk) == pk, col(Draft.state).in_(states))
        return await count_changed(self.session, statement.values(lease_until=None, **values)) == 1

    async def remove(self, pks: Collection[int]) -> int:
        """Delete drafts and the rows of their uploads; how many."""
        return await count_changed(self.session, delete(Draft).where(col(Draft.pk).in_(pks)))

    async def find_stale(self, untouched_since: datetime, published_before: datetime) -> Sequence[int]:
        """The keys of open drafts that nobody touched since then, and of those that have been posts for a while."""
        forgotten = (col(Draft.state) == OPEN) & (col(Draft.updated_at) < untouched_since)
        over = (col(Draft.state) == PUBLISHED) & (col(Draft.updated_at) < published_before)
        return (await self.session.exec(select(Draft.pk).where(forgotten | over).limit(100))).all()
