"""Totals of collections: short ones are counted, long ones remembered for a minute."""

from datetime import timedelta

from cara_fed.clock import Clock
from cara_fed.endpoints.totals import HELD_FOR, LONG, Totals
from tests.support.clocks import StoryTime


async def test_a_long_collection_is_counted_once_a_minute_and_a_short_one_always() -> None:
    time, counted = StoryTime(), list[int]()
    totals = Totals(Clock(time.read))

    async def count_long() -> int:
        counted.append(LONG + len(counted))
        return counted[-1]

    async def count_short() -> int:
        counted.append(1)
        return len(counted)

    assert [await totals.get(("followers", 1), count_long) for _ in range(3)] == [LONG] * 3
    time.pass_by(seconds=HELD_FOR / timedelta(seconds=1))
    assert await totals.get(("followers", 1), count_long) == LONG + 1
    assert [await totals.get(("followers", 2), count_short) for _ in range(3)] == [3, 4, 5]
