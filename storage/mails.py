"""Mails: letters that wait to be sent, each tried until a mail server takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment, primary_key
from storage.statements import add_row, count_changed

WAITING, FAILED = "waiting", "failed"


class Mail(Table, table=True):
    """A letter. One that was sent is no row any more, for it may hold a link that opens an account."""

    __tablename__ = "mails"

    pk: int = primary_key()
    recipient: str = Field(repr=False)
    subject: str
    body: str = long_text(repr=False)
    state: str = WAITING
    attempts: int = 0
    due_at: datetime = moment(index=True)
    last_error: str = long_text()
    created_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class Mails:
    """Queries about letters."""

    session: AsyncSession

    async def add(self, mail: Mail) -> None:
        """Let a letter wait, in the transaction that is the reason for it."""
        await add_row(self.session, mail)

    async def is_anything_due(self, now: datetime) -> bool:
        """Whether a claim may find something: a look that writes nothing."""
        due = select(Mail.pk).where(Mail.state == WAITING, col(Mail.due_at) <= now).limit(1)
        return (await self.session.exec(due)).first() is not None

    async def claim(self, now: datetime, until: datetime) -> Mail | None:
        """The letter that has been due longest, kept from other workers until then, with an attempt counted."""
        due = select(Mail.pk).where(Mail.state == WAITING, col(Mail.due_at) <= now).order_by(col(Mail.due_at)).limit(1)
        pk = (await self.session.exec(due)).first()
        statement = (
            update(Mail)
            .where(col(Mail.pk) == pk, col(Mail.due_at) <= now)
            .values(due_at=until, attempts=col(Mail.attempts) + 1)
            .returning(Mail)
        )
        return (await self.session.exec(statement)).scalars().first() if pk is not None else None

    async def record_sent(self, pk: int) -> None:
        """Forget a letter that was taken."""
        await count_changed(self.session, delete(Mail).where(col(Mail.pk) == pk))

    async def record_retry(self, pk: int, due_at: datetime, error: str) -> None:
        """Try again then."""
        values = {"due_at": due_at, "last_error": error}
        await count_changed(self.session, update(Mail).where(col(Mail.pk) == pk).values(values))

    async def record_failed(self, pk: int, error: str) -> None:
        """Give a letter up; what it said is forgotten."""
        values = {"state": FAILED, "body": "", "last_error": error}
        await count_changed(self.session, update(Mail).where(col(Mail.pk) == pk).values(values))

    async def find_failed(self, limit: int = 50) -> Sequence[Mail]:
        """Letters that were given up, the newest first."""
        statement = select(Mail).where(Mail.state == FAILED).order_by(col(Mail.pk).desc()).limit(limit)
        return (await self.session.exec(statement)).all()

    async def count_waiting(self) -> int:
        """How many letters wait."""
        return (await self.session.exec(select(func.count()).select_from(Mail).where(Mail.state == WAITING))).one()

    async def remove_failed(self, before: datetime) -> int:
        """Forget letters given up before then; how many."""
        old = col(Mail.state) == FAILED, col(Mail.created_at) < before
        return await count_changed(self.session, delete(Mail).where(*old))
