"""Refreshing the crawler table from the public list; a list that failed or shrank changes nothing."""

from dataclasses import dataclass
from typing import Final

from activitypub.origins import host_of
from cara_fed.federation.errors import FetchError
from cara_fed.opt_out.agents import Agent, own_agents
from cara_fed.opt_out.crawlers import REVISION
from cara_fed.opt_out.public_list import AgentListUnusable, parse_public_list
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.crawlers import CrawlerAgent

MAX_LIST_BYTES: Final = 4 * 1024 * 1024
SMALLEST_SHARE: Final = 0.75
ACCEPT: Final = "application/json, text/plain;q=0.9"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh changed, by the agents' names; ``total`` is how many the list has."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    total: int


async def refresh_agents(services: Services) -> Refreshed:
    """Read the list at ``opt_out.agents_url`` and keep it. Raises AgentListUnusable; then nothing was changed."""
    agents = await _fetch(services)
    async with services.database.unit_of_work() as records:
        before = {row.name for row in await records.crawlers.find_agents()}
        require_plausible(agents, len(before))
        await records.crawlers.replace_agents([_write(agent, services) for agent in agents])
        await records.revisions.bump(REVISION)
    await services.crawlers.refresh()
    names = {agent.name for agent in agents}
    return Refreshed(tuple(sorted(names - before)), tuple(sorted(before - names)), len(names))


def require_plausible(agents: tuple[Agent, ...], before: int) -> None:
    """Raise AgentListUnusable for a list that lost more than lists lose, since the last one or since our own."""
    known = before or len(own_agents().agents)
    if len(agents) < known * SMALLEST_SHARE:
        raise AgentListUnusable(
            _(
                "the list has %(count)s agents where %(known)s were known, which looks like an error: nothing changed",
                count=len(agents),
                known=known,
            )
        )


async def _fetch(services: Services) -> tuple[Agent, ...]:
    url = services.config.opt_out.agents_url
    try:
        response = await services.client.get(url, accept=ACCEPT, max_bytes=MAX_LIST_BYTES)
    except FetchError as error:
        raise AgentListUnusable(_("the list of agents could not be fetched: %(error)s", error=error)) from error
    if response.status != 200:
        raise AgentListUnusable(
            _(
                "the list of agents could not be fetched: %(host)s answered %(status)s",
                host=host_of(url),
                status=response.status,
            )
        )
    return parse_public_list(response.body)


def _write(agent: Agent, services: Services) -> CrawlerAgent:
    return CrawlerAgent(
        name=agent.name,
        operator=agent.operator,
        purposes=sorted(agent.purposes),
        read_at=services.clock.now(),
    )
