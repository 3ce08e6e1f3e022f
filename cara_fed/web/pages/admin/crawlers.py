"""Which AI crawlers came here, what they were told, and whether they kept to it."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.accounts.create_artist import Role
from cara_fed.opt_out.visits import CrawlerSummary, summarise_visits
from cara_fed.web.house import services
from cara_fed.web.showing import show
from cara_fed.web.signed_in import require_role
from cara_fed.web.studio_views import CrawlersPage, CrawlerVisits

room = Blueprint("crawlers", __name__)


@room.get("/admin/crawlers")
async def show_crawlers() -> ResponseReturnValue:
    """Every known agent that came."""
    require_role(Role.ADMIN, Role.MODERATOR)
    crawlers = services().crawlers
    await crawlers.flush()
    summaries = await summarise_visits(services())
    return await show(CrawlersPage(tuple(_build_row(one) for one in summaries), len(crawlers.agents)))


def _build_row(one: CrawlerSummary) -> CrawlerVisits:
    return CrawlerVisits(
        name=one.agent.name,
        operator=one.agent.operator,
        purposes=tuple(sorted(one.agent.purposes)),
        verdict=one.verdict.value,
        told=one.told,
        served=one.served,
        refused=one.refused + one.defied,
        last_at=one.last_at,
    )
