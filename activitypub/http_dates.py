"""The dates of HTTP headers (RFC 9110, IMF-fixdate), written and read."""

import re
from datetime import UTC, datetime
from email.utils import formatdate
from functools import lru_cache
from typing import Final

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
_DATE: Final = re.compile(
    r"(?:[A-Z][a-z]{2},[ ])?([0-9]{1,2})[ ]([A-Z][a-z]{2})[ ]([0-9]{4})[ ]"
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})[ ](?:GMT|UTC|[+-]0000)"
)


def format_http_date(moment: datetime) -> str:
    """`Sun, 06 Nov 1994 08:49:37 GMT` for an aware moment."""
    return _format(int(moment.timestamp()))


@lru_cache(maxsize=16)
def _format(second: int) -> str:
    # Whoever signs a thousand requests in a second says the same of each.
    return formatdate(second, usegmt=True)


def read_http_date(text: str) -> datetime | None:
    """The moment (UTC) that a header names, or None where it is not a date in GMT."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    day, month, year, hour, minute, second = match.groups()
    try:
        return datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except (KeyError, ValueError):
        return None
