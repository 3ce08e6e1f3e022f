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

MAX_NAME = 100
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def parse_ai_robots_json(body: bytes, rules: EntryRules) -> ParsedList:
    """Read ``robots.json``: an object of agents by name. Raises ListUnreadable."""
    agents = read_json(body)
    if not isinstance(agents, dict):
        raise ListUnreadable("this is not a JSON object of agents")
    gathering = Gathering(rules)
    for position, (name, agent) in enumerate(agents.items(), 1):
        if not isinstance(agent, dict) or not name.strip() or len(name) > MAX_NAME:
            gathering.report(position, name, "not an agent")
            continue
        told = (text_in(agent, "operator"), text_in(agent, "function", "description"))
        reason = ": ".join(_LINK.sub(r"\1", text) for text in told if text)
        gathering.add_entry(ParsedEntry(EntryKind.AGENT, clean(name, MAX_NAME), reason=clean(reason, MAX_REASON)))
    return gathering.result()
