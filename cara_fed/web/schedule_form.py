"""When a post goes out: a time on the wall clock of a place, as its artist means it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from cara_fed.web.forms import FormReader
from cara_fed.words.speech import _

FARTHEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A moment (aware, UTC), and the time zone in which it was meant."""

    at: datetime
    zone: str


def read_schedule(reader: FormReader, now: datetime) -> Schedule | None:
    """Fields ``publish_at`` (``2026-11-23T18:00``) and ``time_zone`` (``Europe/Paris``); None where no time was chosen.

    A time that the clock passes twice, in autumn, is the first of the two; one that it skips is refused.
    """
    typed = reader.fields.get("publish_at", "").strip()
    if not typed:
        return None
    zone = _read_zone(reader)
    try:
        wall = datetime.fromisoformat(typed).replace(tzinfo=None, second=0, microsecond=0)
        at = wall.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        reader.refuse("publish_at", _("A time looks like 2026-11-23 18:00."))
        return None
    if at.astimezone(zone).replace(tzinfo=None) != wall:
        reader.refuse("publish_at", _("That hour does not exist there: the clock is put forward. Choose another."))
    if at <= now:
        reader.refuse("publish_at", _("That time is over. Choose a later one, or none to publish at once."))
    if at > now + FARTHEST:
        reader.refuse("publish_at", _("That is more than a year ahead."))
    return Schedule(at, zone.key)


def in_zone(moment: datetime, zone: str) -> datetime:
    """A moment as the clock there shows it."""
    return moment.astimezone(ZoneInfo(zone) if zone in available_timezones() else UTC)


def _read_zone(reader: FormReader) -> ZoneInfo:
    name = reader.line("time_zone", limit=64) or "UTC"
    if name not in available_timezones():
        reader.refuse("time_zone", _("There is no such time zone. One looks like Europe/Paris, or UTC."))
        return ZoneInfo("UTC")
    return ZoneInfo(name)
