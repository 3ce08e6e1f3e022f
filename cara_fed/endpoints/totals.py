"""How many items long collections have: counting a hundred thousand rows is not for every request."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from cara_fed.clock import Clock

LONG: Final = 1000
HELD_FOR: Final = timedelta(minutes=1)
TOTALS_IN_MEMORY: Final = 1000

Key: TypeAlias = tuple[str, int]
"""Which collection, and the key of whose it is."""


class Totals:
    """Counts short collections each time, and long ones once a minute. One for each process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: OrderedDict[Key, tuple[int, datetime]] = OrderedDict()

    async def get(self, key: Key, count: Callable[[], Awaitable[int]]) -> int:
        """The total; that of a long collection may be as old as a minute."""
        now = self._clock.now()
        held = self._held.get(key)
        if held is not None and now - held[1] < HELD_FOR:
            return held[0]
        total = await count()
        if total >= LONG:
            self._held[key] = total, now
            self._held.move_to_end(key)
        if len(self._held) > TOTALS_IN_MEMORY:
            self._held.popitem(last=False)
        return total
