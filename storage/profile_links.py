"""Links in profiles: which pages that artists name link back to them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, reference
from storage.statements import count_changed, insert_all_unless_known


class ProfileLink(Table, table=True):
    """An address in an artist's profile; `verified_at` is when its page was last seen to link back, None if never."""

    __tablename__ = "profile_links"

    artist_pk: int = reference("artists.pk", primary=True)
    url: str = Field(primary_key=True)
    verified_at: datetime | None = moment(default=None)
    failures: int = 0
    due_at: datetime = moment(index=True)


@dataclass(frozen=True, slots=True)
class ProfileLinks:
    """Queries about the links of profiles."""

    session: AsyncSession

    async def replace(self, artist_pk: int, urls: Collection[str], now: datetime) -> None:
        """Let these be an artist's links. New ones are due now; of the others it is kept what is known."""
        gone = (col(ProfileLink.artist_pk) == artist_pk, col(ProfileLink.url).not_in(urls))
        await count_changed(self.session, delete(ProfileLink).where(*gone))
        rows = [ProfileLink(artist_pk=artist_pk, url=url, due_at=now) for url in urls]
        await insert_all_unless_known(self.session, rows, "url")

    async def claim(self, now: datetime, until: datetime, limit: int = 20) -> Sequence[ProfileLink]:
        """Links that are due, for this process alone until then."""
        due = select(ProfileLink).where(col(ProfileLink.due_at) <= now).order_by(col(ProfileLink.due_at)).limit(limit)
        return [row for row in (await self.session.exec(due)).all() if await self._take(row, until)]

    async def record(
        self, artist_pk: int, url: str, *, verified_at: datetime | None, failures: int, due_at: datetime
    ) -> None:
        """Note what became of a check, and when the next one is due; nothing where the link is gone."""
        values = {"verified_at": verified_at, "failures": failures, "due_at": due_at}
        one = (col(ProfileLink.artist_pk) == artist_pk, col(ProfileLink.url) == url)
        await count_changed(self.session, update(ProfileLink).where(*one).values(values))

    async def find_verified(self, artist_pk: int) -> set[str]:
        """The addresses of an artist's profile whose pages link back."""
        statement = select(ProfileLink.url).where(
            ProfileLink.artist_pk == artist_pk, col(ProfileLink.verified_at).is_not(None)
        )
        return set(await self.session.exec(statement))

    async def _take(self, row: ProfileLink, until: datetime) -> bool:
        one = (col(ProfileLink.artist_pk) == row.artist_pk, col(ProfileLink.url) == row.url)
        mine = update(ProfileLink).where(*one, col(ProfileLink.due_at) == row.due_at).values(due_at=until)
        return await count_changed(self.session, mine) == 1
