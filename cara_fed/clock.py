"""The clock: the only place that asks what time it is, and that numbers new rows by it."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from activitypub.identifiers import make_pk


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Tells the time (aware, UTC) and makes primary keys that grow with it.

    A key is 48 bits of milliseconds and 16 bits that start at random in each millisecond and count up, so keys of one
    process never repeat, and two processes meet only by a 1 in 65,536 chance within the same millisecond.
    """

    def __init__(self, read: Callable[[], datetime] = _utc_now) -> None:
        self._read = read
        self._last = 0

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._read()

    def new_pk(self) -> int:
        """A new time-ordered 63-bit number, greater than every earlier one of this clock."""
        earliest = make_pk(self.now(), 0)
        self._last = earliest + secrets.randbits(15) if earliest > self._last else self._last + 1
        return self._last
