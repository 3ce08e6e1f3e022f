"""Crawlers: the agents that a public list names, and what those that are known did here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, json_list, moment
from storage.statements import count_changed, insert_into


class CrawlerAgent(Table, table=True):
    """An agent of the public list as it was last read, beside those that the program knows by itself."""

    __tablename__ = "crawler_agents"

    name: str = Field(primary_key=True)
    operator: str = ""
    purposes: list[str] = json_list()
    read_at: datetime = moment()


class CrawlerVisit(Table, table=True):
    """How often an agent came to a kind of place (files, page, media) and what it was answered there."""

    __tablename__ = "crawler_visits"

    agent: str = Field(primary_key=True)
    place: str = Field(primary_key=True)
    answer: str = Field(primary_key=True)
    count: int = 1
    first_at: datetime = moment()
    last_at: datetime = moment(index=True)


@dataclass(frozen=True, slots=True)
class Crawlers:
    """Queries about crawlers."""

    session: AsyncSession

    async def find_agents(self) -> Sequence[CrawlerAgent]:
        """The public list, by name."""
        return (await self.session.exec(select(CrawlerAgent).order_by(col(CrawlerAgent.name)))).all()

    async def replace_agents(self, agents: Sequence[CrawlerAgent]) -> None:
        """Keep these agents and no others."""
        await count_changed(self.session, delete(CrawlerAgent))
        self.session.expunge_all()
        self.session.add_all(agents)
        await self.session.flush()

    async def count_visit(self, agent: str, place: str, answer: str, now: datetime, times: int = 1) -> None:
        """Count a visit, or several that were gathered before writing."""
        insert = insert_into(self.session, CrawlerVisit).values(
            agent=agent, place=place, answer=answer, count=times, first_at=now, last_at=now
        )
        changed = {"count": col(CrawlerVisit.count) + times, "last_at": now}
        await self.session.exec(insert.on_conflict_do_update(index_elements=["agent", "place", "answer"], set_=changed))

    async def find_visits(self) -> Sequence[CrawlerVisit]:
        """Every count, the last visit first."""
        statement = select(CrawlerVisit).order_by(col(CrawlerVisit.last_at).desc(), col(CrawlerVisit.agent))
        return (await self.session.exec(statement, execution_options={"populate_existing": True})).all()

    async def find_first_answers(self, answer: str) -> dict[str, datetime]:
        """When each agent was first answered so, by its name."""
        statement = select(CrawlerVisit.agent, CrawlerVisit.first_at).where(col(CrawlerVisit.answer) == answer)
        return dict((await self.session.exec(statement)).all())

    async def remove_old_visits(self, before: datetime) -> int:
        """Forget who did not come again since then; how many counts."""
        return await count_changed(self.session, delete(CrawlerVisit).where(col(CrawlerVisit.last_at) < before))
