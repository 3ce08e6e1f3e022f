"""Instants on the wire: ISO 8601 as servers write it, always UTC here."""

from datetime import UTC, datetime
from typing import Final

_MAX_LENGTH: Final = 40


def read_time(value: object) -> datetime | None:
    """The instant, in UTC, that a `published`, `updated`, `endTime`, … gives; None for what is no time.

    A time without an offset is taken for UTC (WordPress and Friendica have sent such).
    """
    if not isinstance(value, str) or len(value) > _MAX_LENGTH:
        return None
    try:
        instant = datetime.fromisoformat(value.strip())
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def format_time(instant: datetime) -> str:
    """`2026-11-21T12:00:00Z`, with milliseconds where there are any: an edit within a second still differs."""
    utc = instant.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds" if utc.microsecond >= 1000 else "seconds").removesuffix("+00:00") + "Z"
