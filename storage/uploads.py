"""Uploads: pictures that were sent and wait to become part of a post, and how far their protection has come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import Field, col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, json_list, json_object, long_text, moment, primary_key, reference
from storage.statements import add_row, count_changed

WAITING, WORKING, DONE, REFUSED = "waiting", "working", "done", "refused"
READY = (DONE, REFUSED)
"""States in which nothing more happens to an upload."""


class Upload(Table, table=True):
    """A picture of a draft. The file is kept under ``original_hash``; ``attachment_pk`` is what came of it.

    ``state`` is waiting, working, done or refused (``problem`` says why); ``wanted`` is how it is to be treated, as far
    as its artist said so, ``request`` how it was treated, ``steps`` the report as far as it goes, in the
    ``language`` of whoever sent it (a tag).
    """

    __tablename__ = "uploads"

    pk: int = primary_key()
    artist_pk: int = reference("artists.pk", index=True)
    draft_pk: int = reference("drafts.pk", index=True)
    name: str = ""
    original_hash: str = Field(index=True)
    byte_size: int
    alt: str = long_text()
    state: str = Field(default=WAITING, index=True)
    attachment_pk: int | None = reference("attachments.pk", index=True, default=None)
    wanted: str = ""
    request: dict[str, Any] = json_object()
    steps: list[Any] = json_list()
    problem: str = long_text()
    attempts: int = 0
    lease_until: datetime | None = moment(default=None)
    language: str = ""
    created_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class Uploads:
    """Queries about uploads."""

    session: AsyncSession

    async def add(self, upload: Upload) -> None:
        """Insert an upload."""
        await add_row(self.session, upload)

    async def find(self, pks: Collection[int]) -> dict[int, Upload]:
        """The uploads with these keys, by key."""
        found = await self._read(select(Upload).where(col(Upload.pk).in_(pks)))
        return {upload.pk: upload for upload in found}

    async def find_for_draft(self, draft_pk: int) -> Sequence[Upload]:
        """The pictures of a draft, in the order they came."""
        return await self._read(select(Upload).where(col(Upload.draft_pk) == draft_pk).order_by(col(Upload.pk)))

    async def count_of(self, artist_pk: int) -> tuple[int, int]:
        """How many pictures wait in an artist's drafts, and how many bytes their files have together."""
        sums = select(func.count(), func.coalesce(func.sum(Upload.byte_size), 0)).where(Upload.artist_pk == artist_pk)
        count, size = (await self.session.exec(sums)).one()
        return count, int(size)

    async def find_queue(self, limit: int = 500) -> Sequence[Upload]:
        """All that wait or are worked on, in the order in which their turn comes."""
        waiting = select(Upload).where(col(Upload.state).in_((WAITING, WORKING))).order_by(col(Upload.pk))
        return await self._read(waiting.limit(limit))

    async def claim(self, now: datetime, until: datetime, limit: int) -> Sequence[Upload]:
        """Lease up to ``limit`` pictures to be worked on, the longest waiting first, and count an attempt for each."""
        abandoned = (col(Upload.state) == WORKING) & (col(Upload.lease_until) <= now)
        free = or_(col(Upload.state) == WAITING, abandoned)
        pks = (await self.session.exec(select(Upload.pk).where(free).order_by(col(Upload.pk)).limit(limit))).all()
        if not pks:
            return ()
        values = {"state": WORKING, "lease_until": until, "attempts": col(Upload.attempts) + 1, "steps": []}
        mine = update(Upload).where(col(Upload.pk).in_(pks), free).values(values).returning(col(Upload.pk))
        claimed = set((await self.session.exec(mine)).scalars().all())
        return await self._read(select(Upload).where(col(Upload.pk).in_(claimed)).order_by(col(Upload.pk)))

    async def record_steps(self, pk: int, steps: list[Any], until: datetime) -> None:
        """Note how far the work on a picture has come, and keep it leased until then."""
        working = update(Upload).where(col(Upload.pk) == pk, col(Upload.state) == WORKING)
        await count_changed(self.session, working.values(steps=steps, lease_until=until))

    async def finish(self, pk: int, wanted: str, state: str, **values: Any) -> bool:
        """Note how the work ended; False where the upload was removed meanwhile, or is wanted otherwise by now."""
        statement = update(Upload).where(col(Upload.pk) == pk, col(Upload.wanted) == wanted)
        return await count_changed(self.session, statement.values(state=state, lease_until=None, **values)) == 1

    async def send_back(self, pks: Collection[int]) -> None:
        """Let these be worked on anew, as if they had just come; what was made of them is not touched."""
        values: dict[str, Any] = {
            "attachment_pk": None,
            "request": {},
            "steps": [],
            "problem": "",
            "attempts": 0,
            "lease_until": None,
        }
        statement = update(Upload).where(col(Upload.pk).in_(pks))
        await count_changed(self.session, statement.values(state=WAITING, **values))

    async def want(self, pk: int, wanted: str) -> None:
        """Note how a picture is to be treated."""
        await count_changed(self.session, update(Upload).where(col(Upload.pk) == pk).values(wanted=wanted))

    async def remove(self, pks: Collection[int]) -> None:
        """Delete uploads; what came of them is not touched."""
        await count_changed(self.session, delete(Upload).where(col(Upload.pk).in_(pks)))

    async def _read(self, statement: Any) -> Sequence[Upload]:
        rows = await self.session.exec(statement, execution_options={"populate_existing": True})
        found: Sequence[Upload] = rows.all()
        return found
