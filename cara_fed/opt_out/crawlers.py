"""Crawlers at the door: the table of agents in memory, and a count of who came and what they were told."""

import logging
from collections import Counter
from enum import StrEnum

from cara_fed.clock import Clock
from cara_fed.opt_out.agents import Agent, Purpose, merge_agents, own_agents
from cara_fed.opt_out.user_agents import AgentTable
from storage.crawlers import CrawlerAgent
from storage.database import Database

log = logging.getLogger(__name__)

REVISION = "agents"


class Place(StrEnum):
    """Where a crawler came to."""

    FILES = "files"
    """robots.txt and the others that say what it may do."""
    PAGE = "page"
    MEDIA = "media"


class Said(StrEnum):
    """What a crawler was answered."""

    TOLD = "told"
    """What it may do here."""
    SERVED = "served"
    """What it asked for, which nothing reserves from it."""
    REFUSED = "refused"
    """No, before it had asked what it may do."""
    DEFIED = "defied"
    """No, though it had read that it may not."""


class Crawlers:
    """One for each process. ``refresh`` reads what other processes changed; ``flush`` writes who came here."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._table = AgentTable(own_agents().agents)
        self._revision = 0
        self._came: Counter[tuple[str, Place, Said]] = Counter()
        self._told: set[str] = set()

    @property
    def agents(self) -> tuple[Agent, ...]:
        """All agents that are known, by name."""
        return self._table.agents

    def find(self, user_agent: str) -> Agent | None:
        """The known agent that a User-Agent names; None for everybody else, at the cost of a look into a table."""
        return self._table.find(user_agent)

    def note_reading(self, user_agent: str) -> None:
        """Count that somebody read what they may do here, where it is a known agent."""
        if (agent := self.find(user_agent)) is not None:
            self._told.add(agent.name)
            self._came[(agent.name, Place.FILES, Said.TOLD)] += 1

    def note_visit(self, agent: Agent, place: Place, *, refused: bool) -> None:
        """Count a visit of a known agent."""
        said = (Said.DEFIED if agent.name in self._told else Said.REFUSED) if refused else Said.SERVED
        self._came[(agent.name, place, said)] += 1
        if refused:
            log.info("refused the crawler %s at %s", agent.name, place)

    async def refresh(self) -> bool:
        """Read the public list again if it changed; whether it had."""
        async with self._database.reading() as records:
            revision = await records.revisions.current(REVISION)
            if revision == self._revision:
                return False
            listed = await records.crawlers.find_agents()
        self._table = AgentTable(merge_agents(own_agents().agents, map(_read, listed)))
        self._revision = revision
        return True

    async def flush(self) -> None:
        """Write the visits counted since the last time. Whom another process told is known from the rows."""
        if not self._came:
            return
        came, self._came = self._came, Counter()
        now = self._clock.now()
        async with self._database.unit_of_work() as records:
            told = await records.crawlers.find_first_answers(Said.TOLD)
            for (agent, place, said), times in came.items():
                answer = Said.DEFIED if said is Said.REFUSED and agent in told else said
                await records.crawlers.count_visit(agent, place, answer, now, times)


def _read(row: CrawlerAgent) -> Agent:
    known = {str(purpose) for purpose in Purpose}
    purposes = frozenset(Purpose(purpose) for purpose in row.purposes if purpose in known)
    return Agent(row.name, row.operator, purposes or frozenset({Purpose.UNSTATED}))
