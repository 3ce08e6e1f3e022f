"""Known crawlers as a regular expression for nginx (PCRE): whole names, as the door itself compares them.

It may miss what the door finds (comments within comments, names of several words outside of one), and finds nothing
that the door would not: names are bounded by what separates product tokens and items of comments, and whatever looks
like an address (``://``, ``@``) is none.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from activitypub.opt_out import OptOut
from cara_fed.capabilities import policy_letter
from cara_fed.opt_out.agents import Agent

_OUTSIDE = r"^(?:[^()]|\([^()]*\))*?(?<![^\s;,)])(?:%s)(?:/(?!/)[^\s;:@()]*)?(?=[\s;,(]|$)"
_IN_COMMENT = r"[(;]\s*(?:%s)(?:/(?!/)[^;()@:]*|\s+v?[0-9][0-9.]*)?\s*(?=[;)])"


def group_agents(agents: Iterable[Agent]) -> dict[str, tuple[str, ...]]:
    """Agents' folded names by the letters of the policies that refuse them."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for agent in agents:
        letters = "".join(policy_letter(policy) for policy in OptOut if agent.is_refused_by(policy))
        groups[letters].add(agent.key)
    return {letters: tuple(sorted(names)) for letters, names in sorted(groups.items())}


def build_patterns(names: Iterable[str], capture: str = "") -> tuple[str, ...]:
    """The patterns that find one of these folded names; ``capture`` names the group that holds what was found."""
    names = tuple(names)
    single = tuple(name for name in names if " " not in name)
    head = f"?<{capture}>" if capture else "?:"
    outside = (_OUTSIDE.replace("(?:%s)", f"({head}%s)") % _alternatives(single),) if single else ()
    return (*outside, _IN_COMMENT.replace("(?:%s)", f"({head}%s)") % _alternatives(names))


def _alternatives(names: Iterable[str]) -> str:
    """The names as one alternation, by their first letters, so that few are tried at each place."""
    by_first: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        by_first[name[0]].append(r"\s+".join(_escape(word) for word in name[1:].split(" ")))
    return "|".join(f"{_escape(first)}(?:{'|'.join(sorted(rest, reverse=True))})" for first, rest in by_first.items())


def _escape(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", lambda found: f"\\{found[0]}", text)
