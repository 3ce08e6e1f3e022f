"""Small values from outside: texts within bounds, instants in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.texts import bound_direction, bound_line, bound_text
from activitypub.times import format_time, read_time

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("  Mara  \n Vale ", "Mara Vale"),
        (["first", "second"], "first"),
        ({"@value": "x", "@language": "en"}, "x"),
        ("zero\x00wi\x1bdth\ufeff", "zerowidth"),
        ("\u202eevil\u202c", "evil"),
        ("\u2067never closed", "never closed"),
        ("\u2067closed\u2069", "\u2067closed\u2069"),
        ("left\u200eright\u200f", "left\u200eright\u200f"),
        (7, ""),
        (None, ""),
        ({}, ""),
        ([], ""),
    ],
)
def test_a_line_is_bounded(value: object, line: str) -> None:
    assert bound_line(value, 50) == line


@given(st.text(), st.integers(1, 20))
def test_no_text_is_longer_than_its_limit(text: str, limit: int) -> None:
    assert len(bound_text(text, limit)) <= limit
    assert len(bound_line(text, limit)) <= limit
    assert "\n" not in bound_line(text, limit)


@given(st.text(alphabet="a\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
def test_no_text_turns_what_follows_it(text: str) -> None:
    bounded = bound_direction(text)
    assert not set(bounded) & set("\u202a\u202b\u202c\u202d\u202e")
    assert sum(bounded.count(mark) for mark in "\u2066\u2067\u2068") == bounded.count("\u2069")


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ("2026-11-21T12:00:00Z", NOON),
        ("2026-11-21T12:00:00.000Z", NOON),
        ("2026-11-21T12:00:00.123456789Z", NOON.replace(microsecond=123456)),
        ("2026-11-21T14:00:00+02:00", NOON),
        ("2026-11-21T12:00:00+0000", NOON),
        ("2026-11-21T12:00:00", NOON),
        ("2026-11-21T12:00Z", NOON),
        ("2026-11-21", NOON.replace(hour=0)),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("yesterday", None),
        ("2026-13-21T12:00:00Z", None),
        ("2026" * 100, None),
        (1795262400, None),
        (None, None),
        (["2026-11-21T12:00:00Z"], None),
    ],
)
def test_instants_are_read(value: object, instant: datetime | None) -> None:
    assert read_time(value) == instant


def test_instants_are_written_in_utc_with_milliseconds_only_where_there_are_any() -> None:
    assert format_time(NOON.astimezone(timezone(timedelta(hours=9)))) == "2026-11-21T12:00:00Z"
    assert format_time(NOON.replace(microsecond=20_500)) == "2026-11-21T12:00:00.020Z"
    assert format_time(NOON.replace(microsecond=999)) == "2026-11-21T12:00:00Z"


@given(st.timedeltas(timedelta(), timedelta(days=300_000)).map(lambda since: datetime(1970, 1, 1, tzinfo=UTC) + since))
def test_what_is_written_is_read(instant: datetime) -> None:
    assert read_time(format_time(instant)) == instant.replace(microsecond=instant.microsecond // 1000 * 1000)
