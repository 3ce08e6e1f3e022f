"""What is said here about AI, in plain words, and how it is said to machines."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from activitypub.opt_out import AI_POLICY_PATH, Signals, http_headers
from cara_fed.translate.opt_outs import signals_for
from cara_fed.web.house import services
from cara_fed.web.showing import show
from cara_fed.web.views import AiPolicyPage, Head

room = Blueprint("policies", __name__)


@room.get(AI_POLICY_PATH)
async def show_ai_policy() -> ResponseReturnValue:
    """The page that every reservation names as its explanation."""
    default, site = services().config.opt_out.default, services().site
    said = _list_signals(signals_for(default, site, default))
    async with services().database.reading() as records:
        change = await records.opt_out_changes.find_last(site.base)
    known = len(services().crawlers.agents)
    has_c2pa = services().manifests is not None
    since = change.changed_at if change else None
    return await show(AiPolicyPage(Head(f"{site.base}{AI_POLICY_PATH}"), default, said, since, known, has_c2pa))


def _list_signals(signals: Signals) -> tuple[tuple[str, str], ...]:
    stated = (
        ("plus:DataMining", signals.data_mining),
        ("Content-Signal", signals.content_signal),
        *http_headers(signals),
    )
    return tuple((name, value) for name, value in stated if value)
