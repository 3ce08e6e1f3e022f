"""Dates, numbers, sizes and lists, as readers of the language spoken write them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final

from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from cara_fed.words.speech import _, ngettext, spoken

_KILO: Final = 1000


def write_number(number: float) -> str:
    """``12345.6`` → ``12,345.6``."""
    return format_decimal(number, locale=spoken().locale)


def write_percent(share: float) -> str:
    """A share of 1: ``0.25`` → ``25%``."""
    return format_percent(share, locale=spoken().locale)


def write_date(day: date) -> str:
    """``22 November 2026``; of an aware time, the day that its own time zone has."""
    return format_date(day, "long", locale=spoken().locale)


def write_utc_date(moment: datetime) -> str:
    """The day of an aware time in UTC."""
    return write_date(moment.astimezone(UTC).date())


def write_clock(moment: datetime) -> str:
    """Hours and minutes of an aware time in UTC."""
    return write_local_clock(moment.astimezone(UTC))


def write_local_clock(moment: datetime) -> str:
    """Hours and minutes as the clock of the moment's own time zone shows them."""
    return format_time(moment.timetz(), "short", tzinfo=moment.tzinfo, locale=spoken().locale)


def write_local_time(moment: datetime) -> str:
    """Day, hours and minutes as the clock of the moment's own time zone shows them."""
    return _("%(day)s, %(clock)s", day=write_date(moment.date()), clock=write_local_clock(moment))


def write_list(words: Sequence[str]) -> str:
    """``ink, oil and wax``."""
    return format_list(list(words), locale=spoken().locale)


def _write_tenths(number: float) -> str:
    return format_decimal(number, format="#,##0.0", locale=spoken().locale)


def write_size(size: float) -> str:
    """Bytes: ``1.2 MB``, ``340 kB``, ``12 bytes``; a thousand of each make one of the next."""
    if size < _KILO:
        return ngettext("%(num)s byte", "%(num)s bytes", int(size))
    if size < _KILO * _KILO - _KILO / 2:
        return _("%(number)s kB", number=write_number(round(size / _KILO)))
    if size < _KILO**3:
        return _("%(number)s MB", number=_write_tenths(size / _KILO**2))
    return _("%(number)s GB", number=_write_tenths(size / _KILO**3))
