"""What a capability costs: making, checking, and filling in a post of four pictures for one host.

Run it with ``python -m tests.benchmarks.bench_capabilities``.
"""

import json
import sys
import time
import timeit
from collections.abc import Callable

from cara_fed.capabilities import CapabilityKeys, placeholder_media_path

KEYS = CapabilityKeys(bytes(range(32)))
HASH = "0123456789abcdef" * 4
REPEATS = 20_000


def _post() -> bytes:
    pictures = [f"https://studio.example{placeholder_media_path('n', f'{number:064x}.jpg')}" for number in range(4)]
    return json.dumps({"content": "<p>" + "A new picture. " * 100, "attachment": pictures}).encode()


def measure_all() -> dict[str, float]:
    """Microseconds by step, the best of five rounds."""
    made, post = KEYS.make(4711, "n", HASH), _post()
    return {
        "make": _microseconds(lambda: KEYS.make(4711, "n", HASH)),
        "read": _microseconds(lambda: KEYS.read(made, HASH)),
        "substitute four pictures": _microseconds(lambda: KEYS.substitute(post, 4711)),
    }


def _microseconds(step: Callable[[], object]) -> float:
    return min(timeit.repeat(step, timer=time.process_time, number=REPEATS, repeat=5)) / REPEATS * 1e6


def main() -> None:
    for name, microseconds in measure_all().items():
        sys.stdout.write(f"{name:26} {microseconds:7.2f} µs\n")


if __name__ == "__main__":
    main()
