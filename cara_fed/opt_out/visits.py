"""Which crawlers came, what they were told, and whether they kept to it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cara_fed.opt_out.agents import Agent
from cara_fed.opt_out.crawlers import Said
from cara_fed.services import Services
from storage.crawlers import CrawlerVisit


class Verdict(StrEnum):
    """How an agent behaves here, as far as its name can be believed."""

    WELCOME = "welcome"
    """It took only what nothing reserves from it."""
    KEPT_AWAY = "kept away"
    """It read what it may not do, and did not come."""
    UNASKED = "unasked"
    """It came without reading what it may not do, and was refused."""
    DEFIED = "defied"
    """It read what it may not do, came anyway, and was refused."""


@dataclass(frozen=True, slots=True)
class CrawlerSummary:
    """One agent's visits: how often it read the rules, was served, was refused before and after reading them."""

    agent: Agent
    told: int
    served: int
    refused: int
    defied: int
    last_at: datetime

    @property
    def verdict(self) -> Verdict:
        """What these numbers come to."""
        if self.defied:
            return Verdict.DEFIED
        if self.refused:
            return Verdict.UNASKED
        return Verdict.WELCOME if self.served else Verdict.KEPT_AWAY


async def summarise_visits(services: Services) -> tuple[CrawlerSummary, ...]:
    """Every known agent that came, the last one first."""
    async with services.database.reading() as records:
        visits = await records.crawlers.find_visits()
    by_agent: defaultdict[str, list[CrawlerVisit]] = defaultdict(list)
    for visit in visits:
        by_agent[visit.agent].append(visit)
    agents = {agent.name: agent for agent in services.crawlers.agents}
    return tuple(_sum_up(agents.get(name) or Agent(name, "", frozenset()), of) for name, of in by_agent.items())


def _sum_up(agent: Agent, visits: list[CrawlerVisit]) -> CrawlerSummary:
    return CrawlerSummary(
        agent=agent,
        told=_count(visits, Said.TOLD),
        served=_count(visits, Said.SERVED),
        refused=_count(visits, Said.REFUSED),
        defied=_count(visits, Said.DEFIED),
        last_at=max(visit.last_at for visit in visits),
    )


def _count(visits: Iterable[CrawlerVisit], said: Said) -> int:
    return sum(visit.count for visit in visits if visit.answer == said)
