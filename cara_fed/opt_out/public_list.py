"""The public list of AI agents, ai.robots.txt's robots.json, as agents with purposes."""

import json
import re
from typing import Any, Final

from cara_fed.errors import CaraFedError
from cara_fed.opt_out.agents import Agent, Purpose, fold_agent_name
from cara_fed.words.speech import _

MAX_AGENTS: Final = 5000
MAX_NAME, MAX_OPERATOR = 60, 100

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/+-]*")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
# The first that fits decides; the list's own categories come first, then the words that people wrote by hand.
_WORDS: Final = (
    (re.compile(r"undocumented", re.I), (Purpose.UNSTATED,)),
    (re.compile(r"ai search crawler", re.I), (Purpose.SEARCH, Purpose.ANSWERING)),
    (re.compile(r"ai assistant", re.I), (Purpose.ANSWERING, Purpose.FETCH)),
    (re.compile(r"ai (coding )?agent", re.I), (Purpose.FETCH,)),
    (re.compile(r"data (scraper|provider)|dataset|data set", re.I), (Purpose.TRAINING, Purpose.DATASET)),
    (re.compile(r"\btrain|machine learning|\bLLM", re.I), (Purpose.TRAINING,)),
    (re.compile(r"archiv", re.I), (Purpose.ARCHIVE,)),
    (re.compile(r"answer|assistant|\bRAG\b|prompt", re.I), (Purpose.ANSWERING,)),
    (re.compile(r"search", re.I), (Purpose.SEARCH, Purpose.ANSWERING)),
)


class AgentListUnusable(CaraFedError):
    """What was fetched is no list of agents, or cannot be meant."""


def parse_public_list(body: bytes) -> tuple[Agent, ...]:
    """Read ``robots.json``: an object of agents by name. Entries that are none are passed over.

    Raises AgentListUnusable.
    """
    try:
        table = json.loads(body)
    except (ValueError, RecursionError):
        raise AgentListUnusable(_("the list of agents is not JSON")) from None
    if not isinstance(table, dict) or len(table) > MAX_AGENTS:
        raise AgentListUnusable(_("the list of agents is not an object of agents"))
    read = (read_agent(name, entry) for name, entry in table.items())
    return tuple({agent.key: agent for agent in read if agent is not None}.values())


def read_agent(name: str, entry: Any) -> Agent | None:
    """One member of the list; None for what is no agent, or a name that everybody's browser bears."""
    return _read(name, entry) if _is_agent(name, entry) else None


def _is_agent(name: str, entry: Any) -> bool:
    fits = len(name) <= MAX_NAME and _NAME.fullmatch(name) is not None
    # A browser's own token would shut everybody out.
    return fits and isinstance(entry, dict) and fold_agent_name(name) not in _EVERYBODY


_EVERYBODY: Final = frozenset(
    {"", "mozilla", "compatible", "applewebkit", "gecko", "khtml, like gecko", "chrome", "safari", "firefox", "edg"}
)


def _read(name: str, entry: dict[str, Any]) -> Agent:
    operator = _LINK.sub(r"\1", _text(entry, "operator"))
    known = "" if operator.lower().startswith("unclear") else " ".join(operator.split())[:MAX_OPERATOR]
    return Agent(name, known, frozenset(_read_purposes(entry)))


def _read_purposes(entry: dict[str, Any]) -> tuple[Purpose, ...]:
    for text in (_text(entry, "function"), _text(entry, "description")):
        for words, purposes in _WORDS:
            if words.search(text):
                return purposes
    return (Purpose.UNSTATED,)


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return value[:2000] if isinstance(value, str) else ""
