"""AI agents: who runs them and what for, by the project's own dated table; and what each policy refuses them."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from activitypub.opt_out import OptOut

_VERSION: Final = re.compile(r"/.*$|\s+v?\d[\d.]*$")


class Purpose(StrEnum):
    """What an agent takes pages for."""

    TRAINING = "training"
    """To train models, or for data sets that are given or sold for it."""
    DATASET = "dataset"
    """To analyse them by machine, or to sell what stands in them."""
    ANSWERING = "answering"
    """To let a model answer from them."""
    FETCH = "fetch"
    """For somebody who asked an assistant or sent an agent."""
    SEARCH = "search"
    """To find them."""
    ARCHIVE = "archive"
    """To keep them."""
    PREVIEW = "preview"
    """To show a card where somebody shared a link."""
    UNSTATED = "unstated"
    """Its operator does not say."""


# Whoever does not say what for is not given the benefit of the doubt.
_TRAINING: Final = frozenset({Purpose.TRAINING, Purpose.UNSTATED})
_AI: Final = _TRAINING | {Purpose.DATASET, Purpose.ANSWERING, Purpose.FETCH}

RESERVED: Final = {
    OptOut.NO_AI_TRAINING: _TRAINING,
    OptOut.NO_AI: _AI,
    OptOut.NO_AUTOMATED_USE: frozenset(Purpose),
    OptOut.ALLOW: frozenset[Purpose](),
    OptOut.UNSET: frozenset[Purpose](),
}
"""The purposes that each policy reserves."""


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent. ``name`` is as its operator writes it, ``operator`` empty where nobody knows.

    ``signs_as`` is the server whose keys sign its visits (Web Bot Auth), empty where it signs none.
    """

    name: str
    operator: str
    purposes: frozenset[Purpose]
    signs_as: str = ""

    def is_refused_by(self, policy: OptOut) -> bool:
        """Whether any of its purposes is reserved under ``policy``."""
        return bool(self.purposes & RESERVED[policy])

    @property
    def key(self) -> str:
        """Its name as agents are compared."""
        return fold_agent_name(self.name)


@dataclass(frozen=True, slots=True)
class AgentList:
    """Agents as they were known on a day."""

    dated: str
    agents: tuple[Agent, ...]


def fold_agent_name(name: str) -> str:
    """A name without its version, without case and with single spaces: ``iaskspider/2.0`` is ``iaskspider``."""
    return _VERSION.sub("", " ".join(name.split())).casefold()


@cache
def own_agents() -> AgentList:
    """The table that comes with the program."""
    table = json.loads(files("cara_fed.opt_out").joinpath("agents.json").read_text(encoding="utf-8"))
    return AgentList(table["dated"], tuple(_read(agent) for agent in table["agents"]))


def merge_agents(own: Iterable[Agent], others: Iterable[Agent]) -> tuple[Agent, ...]:
    """All agents once, by name. Those of ``own`` were looked at by people, and hold where both know one."""
    merged = {agent.key: agent for agent in others} | {agent.key: agent for agent in own}
    return tuple(merged[key] for key in sorted(merged))


def _read(agent: dict[str, object]) -> Agent:
    purposes = agent["purposes"]
    assert isinstance(purposes, list)  # noqa: S101 - a test reads the whole file
    operator, signs_as = str(agent.get("operator", "")), str(agent.get("signs_as", ""))
    return Agent(str(agent["name"]), operator, frozenset(map(Purpose, purposes)), signs_as)
