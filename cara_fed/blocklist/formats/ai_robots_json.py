"""ai.robots.txt's table of AI agents: User-Agent names, which shut no federation's door but name visitors."""

import re

from cara_fed.blocklist.entries import EntryKind, EntryRules
from cara_fed.blocklist.formats.parsed import (
    MAX_REASON,
    Gathering,
    ListUnreadable,
    ParsedEntry,
    ParsedList,
    clean,
    read_json,
    text_in,
)
from cara_fed.opt_out.public_list import read_agent
from cara_fed.words.speech import _

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def parse_ai_robots_json(body: bytes, rules: EntryRules) -> ParsedList:
    """Read ``robots.json``: an object of agents by name. An agent's label is what it takes pages for.

    Raises ListUnreadable.
    """
    agents = read_json(body)
    if not isinstance(agents, dict):
        raise ListUnreadable(_("this is not a JSON object of agents"))
    gathering = Gathering(rules)
    for position, (name, described) in enumerate(agents.items(), 1):
        agent = read_agent(name, described)
        if agent is None:
            gathering.report(position, name, _("not an agent, or everybody's browser"))
            continue
        told = (text_in(described, "operator"), text_in(described, "function", "description"))
        reason = clean(": ".join(_LINK.sub(r"\1", text) for text in told if text), MAX_REASON)
        label = " ".join(sorted(agent.purposes))
        gathering.add_entry(ParsedEntry(EntryKind.AGENT, agent.name, label=label, reason=reason))
    return gathering.result()
