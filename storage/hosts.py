"""Hosts: other servers, the number that their picture addresses carry, and how sending to them goes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Field, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment
from storage.errors import NotFound
from storage.statements import count_changed, in_chunks, insert_into


class Host(Table, table=True):
    """A server by its netloc; its number is ≥ 1, never used again, and 0 stands for the public web."""

    __tablename__ = "hosts"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's own name for a setting

    pk: int | None = Field(default=None, primary_key=True)
    netloc: str = Field(unique=True)
    first_seen: datetime = moment()
    failing_since: datetime | None = moment(default=None, index=True)
    failures: int = 0
    open_until: datetime | None = moment(default=None, index=True)
    signature_generation: str | None = None
    signature_seen_at: datetime | None = moment(default=None)
    software: str | None = None

    @property
    def number(self) -> int:
        """The host's number, once the database gave it one."""
        if self.pk is None:
            raise NotFound("number of host", self.netloc)
        return self.pk


@dataclass(frozen=True, slots=True)
class Hosts:
    """Queries about hosts."""

    session: AsyncSession

    async def number_for(self, netloc: str, now: datetime) -> int:
        """The host's number; given on first sight. Whoever races, everybody gets the same one."""
        if (number := await self.find_number(netloc)) is not None:
            return number
        insert = insert_into(self.session, Host).values(netloc=netloc, first_seen=now, failures=0)
        await self.session.exec(insert.on_conflict_do_nothing(index_elements=["netloc"]))
        return (await self.get(netloc)).number

    async def numbers_for(self, netlocs: Collection[str], now: datetime) -> dict[str, int]:
        """The numbers of several hosts, as `number_for` gives them, in a few statements however many they are."""
        numbers = await self._find_numbers(netlocs)
        new = [{"netloc": netloc, "first_seen": now, "failures": 0} for netloc in netlocs if netloc not in numbers]
        if new:
            for chunk in in_chunks(new):
                insert = insert_into(self.session, Host).values(chunk)
                await self.session.exec(insert.on_conflict_do_nothing(index_elements=["netloc"]))
            numbers |= await self._find_numbers([row["netloc"] for row in new])
        return numbers

    async def _find_numbers(self, netlocs: Collection[Any]) -> dict[str, int]:
        found: dict[str, int] = {}
        for chunk in in_chunks(netlocs):
            rows = await self.session.exec(select(Host.netloc, Host.pk).where(col(Host.netloc).in_(chunk)))
            found.update((netloc, pk) for netloc, pk in rows if pk is not None)
        return found

    async def find_number(self, netloc: str) -> int | None:
        """The host's number if it has one."""
        return (await self.session.exec(select(Host.pk).where(Host.netloc == netloc))).first()

    async def find_by_number(self, number: int) -> Host | None:
        """The host with that number: through whom a picture leaked."""
        return await self.session.get(Host, number)

    async def find_all_numbers(self) -> dict[str, int]:
        """Every host's number, by its netloc."""
        rows = await self.session.exec(select(Host.netloc, Host.pk))
        return {netloc: pk for netloc, pk in rows if pk is not None}

    async def find_netlocs(self, numbers: Collection[int]) -> dict[int, str]:
        """The netlocs of hosts by their numbers."""
        found: dict[int, str] = {}
        for chunk in in_chunks(numbers):
            rows = await self.session.exec(select(Host.pk, Host.netloc).where(col(Host.pk).in_(chunk)))
            found.update((pk, netloc) for pk, netloc in rows if pk is not None)
        return found

    async def find(self, netloc: str) -> Host | None:
        """The host of that netloc."""
        statement = select(Host).where(Host.netloc == netloc)
        return (await self.session.exec(statement, execution_options={"populate_existing": True})).first()

    async def get(self, netloc: str) -> Host:
        """Like `find`, or raises NotFound."""
        if (host := await self.find(netloc)) is None:
            raise NotFound("host", netloc)
        return host

    async def find_all(self) -> Sequence[Host]:
        """Every host, by number: for the maps that a process keeps in memory."""
        return (await self.session.exec(select(Host).order_by(col(Host.pk)))).all()

    async def record_success(self, netloc: str) -> bool:
        """Close the host's circuit; False where it was never open and nothing is written."""
        was_failing = col(Host.failing_since).is_not(None) | col(Host.open_until).is_not(None)
        statement = update(Host).where(col(Host.netloc) == netloc, was_failing)
        return await count_changed(self.session, statement.values(failing_since=None, failures=0, open_until=None)) > 0

    async def record_successes(self, netlocs: Collection[str]) -> set[str]:
        """The same for several hosts in one statement; those whose circuit was open, or about to be."""
        revived: set[str] = set()
        was_failing = col(Host.failing_since).is_not(None) | col(Host.open_until).is_not(None)
        for chunk in in_chunks(netlocs):
            statement = update(Host).where(col(Host.netloc).in_(chunk), was_failing).returning(col(Host.netloc))
            rows = await self.session.exec(statement.values(failing_since=None, failures=0, open_until=None))
            revived.update(rows.scalars())
        return revived

    async def record_failure(self, netloc: str, now: datetime, open_until: datetime | None = None) -> Host:
        """Count a failure; with `open_until` nothing is claimed for the host before then."""
        insert = insert_into(self.session, Host).values(
            netloc=netloc, first_seen=now, failing_since=now, failures=1, open_until=open_until
        )
        changed = {
            "failing_since": func.coalesce(Host.failing_since, now),
            "failures": col(Host.failures) + 1,
            "open_until": open_until,
        }
        await self.session.exec(insert.on_conflict_do_update(index_elements=["netloc"], set_=changed))
        return await self.get(netloc)

    async def record_signature_generation(self, netloc: str, generation: str | None, now: datetime) -> None:
        """Remember which signatures a host understands, or that this is to be found out again."""
        learnt = {"signature_generation": generation, "signature_seen_at": now}
        insert = insert_into(self.session, Host).values(netloc=netloc, first_seen=now, failures=0, **learnt)
        await self.session.exec(insert.on_conflict_do_update(index_elements=["netloc"], set_=learnt))

    async def record_software(self, netloc: str, software: str) -> None:
        """Remember what a known host runs."""
        await count_changed(self.session, update(Host).where(col(Host.netloc) == netloc).values(software=software))

    async def find_answering(self, limit: int) -> Sequence[Host]:
        """Some hosts that answered the last time they were asked, those met last first."""
        statement = select(Host).where(col(Host.failing_since).is_(None)).order_by(col(Host.pk).desc())
        return (await self.session.exec(statement.limit(limit))).all()

    async def find_failing(self, since: datetime | None = None) -> Sequence[Host]:
        """Hosts that fail, those failing longest first; with `since`, only those that fail from before then."""
        statement = select(Host).where(col(Host.failing_since).is_not(None))
        if since is not None:
            statement = statement.where(col(Host.failing_since) <= since)
        return (await self.session.exec(statement.order_by(col(Host.failing_since)))).all()
