"""When a delivery is tried again: growing delays with jitter over about a week, and what Retry-After may change."""

import re
from datetime import datetime, timedelta
from typing import Final

from activitypub.http_dates import read_http_date

DELAYS: Final = (
    *(timedelta(minutes=minutes) for minutes in (1, 3, 10, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 4, 8, 12, 18, 24, 24, 24, 24, 24)),
)
"""What passes, before jitter, after the first attempt, the second, …: a little under seven days in all."""

JITTER: Final = 0.2
MAX_RETRY_AFTER: Final = timedelta(hours=12)

_SECONDS: Final = re.compile(r"[0-9]{1,9}")


def next_attempt(
    attempts: int, now: datetime, rng_fraction: float, retry_after: timedelta | None = None
) -> datetime | None:
    """When to try again after `attempts` failures (1 or more), or None: give up.

    `rng_fraction` (0 to 1) spreads the delay by a fifth either way, so that a server that comes back is not met by
    everyone at once. `retry_after` only ever lengthens a delay, and by at most half a day.
    """
    if attempts > len(DELAYS):
        return None
    delay = DELAYS[attempts - 1] * (1 - JITTER + 2 * JITTER * rng_fraction)
    return now + max(delay, min(retry_after or timedelta(), MAX_RETRY_AFTER))


def read_retry_after(value: str, now: datetime) -> timedelta | None:
    """How long a `Retry-After` header (RFC 9110: seconds or a date) asks to wait; None where it says nothing usable."""
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return timedelta(seconds=int(text))
    moment = read_http_date(text)
    return None if moment is None else max(moment - now, timedelta())
