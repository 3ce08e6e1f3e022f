"""Crawlers at the door: the table of agents in memory, and a count of who came and what they were told."""

import logging
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from cara_fed.blocklist.entries import Acting, EntryKind
from cara_fed.blocklist.weighing import PLAIN, Weighing
from cara_fed.clock import Clock
from cara_fed.opt_out.agents import Agent, Purpose, merge_agents, own_agents
from cara_fed.opt_out.user_agents import AgentTable
from storage.crawlers import CrawlerAgent
from storage.database import Database

log = logging.getLogger(__name__)

REVISION = "agents"
BLOCKLIST_REVISION = "blocklist"


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

    def __init__(self, database: Database, clock: Clock, weighing: Weighing = PLAIN) -> None:
        self._database = database
        self._clock = clock
        self._weighing = weighing
        self._table = AgentTable(own_agents().agents)
        self._read = (0, 0, weighing)
        self._came: Counter[tuple[str, Place, Said]] = Counter()
        self._told: set[str] = set()

    @property
    def agents(self) -> tuple[Agent, ...]:
        """All agents that are known, by name."""
        return self._table.agents

    def weigh_by(self, weighing: Weighing) -> None:
        """Weigh lists otherwise from the next refresh on."""
        self._weighing = weighing

    def find(self, user_agent: str) -> Agent | None:
        """The known agent that a User-Agent names; None for everybody else, at the cost of a look into a table."""
        return self._table.find(user_agent)

    def find_signer(self, netloc: str) -> Agent | None:
        """The known agent whose visits are signed with the keys of that server; None for everybody else."""
        return self._table.find_signer(netloc)

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
        """Read the public list and those subscribed to again if they changed; whether they had."""
        weighing = self._weighing
        async with self._database.reading() as records:
            revisions = await records.revisions.find_all()
            read = (revisions.get(REVISION, 0), revisions.get(BLOCKLIST_REVISION, 0), weighing)
            if read == self._read:
                return False
            listed = await records.crawlers.find_agents()
            subscribed = await records.blocklist.find_listed(self._clock.now(), EntryKind.AGENT)
        others = (*map(_read, weighing.adopt(subscribed)), *map(_read_row, listed))
        self._table = AgentTable(merge_agents(own_agents().agents, others))
        self._read = read
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


def _read_row(row: CrawlerAgent) -> Agent:
    return Agent(row.name, row.operator, _read_purposes(row.purposes))


def _read(entry: Acting) -> Agent:
    """An agent of a subscribed list, whose label tells its purposes."""
    operator = entry.reason.partition(":")[0] if ":" in entry.reason else ""
    return Agent(entry.key, operator, _read_purposes(entry.label.split()))


def _read_purposes(words: Iterable[str]) -> frozenset[Purpose]:
    known = {str(purpose) for purpose in Purpose}
    return frozenset(Purpose(word) for word in words if word in known) or frozenset({Purpose.UNSTATED})
