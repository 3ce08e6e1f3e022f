"""User-Agent headers: the names in them, and which known agent one of them is. Never a piece of a word."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from cara_fed.opt_out.agents import Agent, fold_agent_name

MAX_LENGTH: Final = 1024
KNOWN_HEADERS: Final = 4096

_PARENTHESES: Final = re.compile(r"[()]")


class AgentTable:
    """Known agents by name, compiled for asking at every request."""

    def __init__(self, agents: Iterable[Agent]) -> None:
        self.agents: tuple[Agent, ...] = tuple(agents)
        self._by_name: Mapping[str, Agent] = {agent.key: agent for agent in self.agents}
        self._by_signer: Mapping[str, Agent] = {agent.signs_as: agent for agent in self.agents if agent.signs_as}
        # A crawler says the same thing at each of its visits.
        self.find = lru_cache(maxsize=KNOWN_HEADERS)(self._find)

    def find_signer(self, netloc: str) -> Agent | None:
        """The known agent whose visits are signed with the keys of that server."""
        return self._by_signer.get(netloc)

    def _find(self, user_agent: str) -> Agent | None:
        names = read_names(user_agent[:MAX_LENGTH])
        return next((self._by_name[name] for name in names if name in self._by_name), None)


def read_names(user_agent: str) -> Iterator[str]:
    """Every name in a User-Agent, folded: product tokens, items of comments, and products of several words.

    Fediverse software tells its host there, and hosts are called code.example or cursor.gts.example. So whatever has
    ``://`` or ``@`` in it or begins with ``+`` is an address, and names are compared whole.
    """
    outside, comments = _split(user_agent)
    for part in outside:
        for item in part.split(";"):
            words = [word.strip(",") for word in item.split()]
            # The whole item too: some agents have names of several words.
            yield from _fold((" ".join(words), *words))
    for comment in comments:
        yield from _fold(comment.split(";"))


def _fold(items: Iterable[str]) -> Iterator[str]:
    for item in items:
        name = item.strip()
        if name and "://" not in name and "@" not in name and not name.startswith("+"):
            yield fold_agent_name(name)


def _split(user_agent: str) -> tuple[list[str], list[str]]:
    """What stands outside parentheses, and what stands within, however deep."""
    parts: tuple[list[str], list[str]] = ([], [])
    depth = start = 0
    for found in _PARENTHESES.finditer(user_agent):
        parts[depth > 0].append(user_agent[start : found.start()])
        depth = depth + 1 if found[0] == "(" else max(depth - 1, 0)
        start = found.end()
    parts[depth > 0].append(user_agent[start:])
    return parts
