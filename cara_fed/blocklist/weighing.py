"""Weighing: which of several lists' entries count, and which of them holds where they differ."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from cara_fed.blocklist.entries import LOCAL, Acting, EntryPolicy
from cara_fed.config import Config

FILE_PREFIX = "file:"
"""How the source of entries imported from a file begins; its name follows."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """``priorities`` by the URLs of subscriptions; ``threshold`` is how many of these have to list the same."""

    priorities: Mapping[str, int] = field(default_factory=dict)
    threshold: int = 1

    def adopt(self, entries: Iterable[Acting]) -> Iterator[Acting]:
        """The entries that count: our own, and those of subscriptions that enough of them have."""
        acting = [entry for entry in entries if entry.policy != EntryPolicy.ADVISORY]
        if self.threshold <= 1:
            return iter(acting)
        votes = Counter((entry.kind, entry.key) for entry in acting if not is_ours(entry.source))
        return (entry for entry in acting if is_ours(entry.source) or votes[entry.kind, entry.key] >= self.threshold)

    def priority_of(self, source: str) -> int:
        """The priority of a subscription; 0 unless instance.toml gives another."""
        return self.priorities.get(source, 0)


PLAIN: Final = Weighing()
"""One list is enough, and none is before another."""


def is_ours(source: str) -> bool:
    """Whether an admin put the entry here: by hand, or from a file."""
    return source == LOCAL or source.startswith(FILE_PREFIX)


def weighing_of(config: Config) -> Weighing:
    """The weighing that instance.toml describes."""
    subscriptions = config.blocklist.subscriptions
    return Weighing({each.url: each.priority for each in subscriptions}, config.blocklist.threshold)
