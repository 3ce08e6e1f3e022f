"""robots.txt and ai.txt: what crawlers may do, each in a group of its own purpose, all groups saying the same."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from activitypub.opt_out import OptOut, Signals, content_signal_line, content_usage_line
from cara_fed.opt_out.agents import RESERVED, Agent, Purpose
from cara_fed.opt_out.site_rules import Rule, SiteRules, media_rules

MAX_BYTES: Final = 500 * 1024
"""What RFC 9309 asks crawlers to read at least."""

EXPLANATIONS: Final = ("/policies/", "/license.xml", "/ai.txt", "/.well-known/")
"""What is open to everybody, so that whoever is refused may learn why."""

_RESERVATION: Final = (
    "# ANY RESTRICTIONS EXPRESSED VIA CONTENT SIGNALS ARE EXPRESS RESERVATIONS OF",
    "# RIGHTS UNDER ARTICLE 4 OF THE EUROPEAN UNION DIRECTIVE 2019/790 ON COPYRIGHT",
    "# AND RELATED RIGHTS IN THE DIGITAL SINGLE MARKET.",
)


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What robots.txt is made of; ``said`` is what each policy says."""

    rules: SiteRules
    said: dict[OptOut, Signals]
    agents: tuple[Agent, ...]

    def build(self) -> str:
        """The file. Where artists' own answers would make it longer than crawlers read, the instance's alone."""
        text = self._build(self.rules)
        return text if len(text.encode()) <= MAX_BYTES else self._build(self.rules.without_exceptions)

    def _build(self, rules: SiteRules) -> str:
        statements = tuple(self._statements(rules))
        groups = [
            (*(f"User-agent: {name}" for name in names), *_crawl_lines(rules, refused), *statements)
            for refused, names in _group(self.agents)
        ]
        blocks = (self._head(), *groups, ("User-agent: *", *statements, "Allow: /"))
        return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"

    def _head(self) -> tuple[str, ...]:
        license_url = self.said[self.rules.default].license_url
        return (*_RESERVATION, f"License: {license_url}") if license_url else ()

    def _statements(self, rules: SiteRules) -> Iterator[str]:
        """What every group repeats, for a crawler reads none but its own."""
        signal = content_signal_line(self.said[rules.default])
        yield from (signal,) if signal else ()
        for rule in rules.of_pages:
            if line := content_usage_line(self.said[rule.policy], rule.path):
                yield line


def build_ai_txt(rules: SiteRules) -> str:
    """``/ai.txt``, which Spawning's readers ask for when they download: whether training is reserved, by path."""
    head = ("# May these be used to train AI? See /policies/ai.", "User-Agent: *")
    refused = frozenset(policy for policy in OptOut if Purpose.TRAINING in RESERVED[policy])
    # Here, other than in robots.txt, to allow is to give a permission: about what is unset not a word.
    stated = (rule for rule in rules.of_everything if rule.policy is not OptOut.UNSET)
    return "\n".join((*head, *(_crawl_line(rule, refused) for rule in stated))) + "\n"


def _group(agents: Iterable[Agent]) -> list[tuple[frozenset[OptOut], list[str]]]:
    """Agents by the policies that refuse them, those refused most first."""
    groups: defaultdict[frozenset[OptOut], list[str]] = defaultdict(list)
    for agent in agents:
        groups[frozenset(policy for policy in OptOut if agent.is_refused_by(policy))].append(agent.name)
    return sorted(groups.items(), key=lambda group: -len(group[0]))


def _crawl_lines(rules: SiteRules, refused: frozenset[OptOut]) -> Iterator[str]:
    """Allow and Disallow for whom these policies refuse: exceptions first, since some readers take the first match."""
    shut = rules.default in refused
    if shut:
        yield from (f"Allow: {path}" for path in EXPLANATIONS)
    for rule in (*rules.of_artists, *media_rules()):
        if (rule.policy in refused) is not shut:
            yield _crawl_line(rule, refused)
    yield _crawl_line(Rule("/", rules.default), refused)


def _crawl_line(rule: Rule, refused: frozenset[OptOut]) -> str:
    return f"{'Disallow' if rule.policy in refused else 'Allow'}: {rule.path}"
