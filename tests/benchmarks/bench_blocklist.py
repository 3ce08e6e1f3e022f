"""What asking the blocklist costs at 100,000 entries: microseconds a check, megabytes held.

Run it with ``python -m tests.benchmarks.bench_blocklist``.
"""

import sys
import time
import timeit
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from cara_fed.blocklist.policy import BlocklistPolicy

ENTRIES = 100_000
CHECKS = 20_000
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    kind: str
    reason: str
    policy: str = "reject"
    label: str = "training-harvest"
    source: str = "https://lists.example/scrapers.csv"
    created_at: datetime = NOW
    expires_at: datetime | None = None
    retracted_at: datetime | None = None


def _rows(count: int) -> list[Row]:
    domains = [
        Row(f"host{n}.scraper{n % 977}.net", "domain", f"Crawls for a model, seen {n} times") for n in range(count)
    ]
    actors = [
        Row(f"https://home{n}.example/users/bot{n}", "actor", f"Follows artists, {n}") for n in range(count // 10)
    ]
    return [*domains[: count - len(actors)], *actors]


def _each(check: Callable[[str], object], subjects: list[str]) -> float:
    def run() -> None:
        for subject in subjects:
            check(subject)

    return min(timeit.repeat(run, timer=time.process_time, number=1, repeat=9)) / len(subjects) * 1e6


def measure_all() -> dict[str, float]:
    """Microseconds a check by kind of question; seconds to build; megabytes held."""
    rows = _rows(ENTRIES)
    tracemalloc.start()
    policy = BlocklistPolicy.from_entries(rows, (), NOW)
    held = tracemalloc.get_traced_memory()[0] + sum(sys.getsizeof(row.key) + sys.getsizeof(row.reason) for row in rows)
    tracemalloc.stop()
    started = time.process_time()
    BlocklistPolicy.from_entries(rows, (), NOW)
    built = time.process_time() - started
    return {
        "unlisted host, µs": _each(policy.check_domain, [f"mastodon{n}.social.example" for n in range(CHECKS)]),
        "listed subdomain, µs": _each(
            policy.check_domain, [f"a.b.host{n}.scraper{n % 977}.net" for n in range(CHECKS)]
        ),
        "unlisted actor, µs": _each(
            policy.check_actor, [f"https://social{n}.example/users/mara" for n in range(CHECKS)]
        ),
        "unlisted key, µs": _each(
            policy.check_actor, [f"https://s{n}.example/users/mara#main-key" for n in range(CHECKS)]
        ),
        "listed actor, µs": _each(
            policy.check_actor, [f"https://home{n % 9999}.example/users/bot{n % 9999}" for n in range(CHECKS)]
        ),
        "build, s": built,
        "held, MB": held / 1e6,
    }


def main() -> None:
    for name, figure in measure_all().items():
        sys.stdout.write(f"{name:22} {figure:8.2f}\n")


if __name__ == "__main__":
    main()
