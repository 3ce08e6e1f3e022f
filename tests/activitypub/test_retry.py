"""The schedule of deliveries, and what a Retry-After header changes in it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.http_dates import format_http_date, read_http_date
from activitypub.retry import DELAYS, MAX_RETRY_AFTER, next_attempt, read_retry_after

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MIDDLE = 0.5

fractions = st.floats(0, 1)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))


def delay(attempts: int, fraction: float, retry_after: timedelta | None = None) -> timedelta:
    moment = next_attempt(attempts, NOW, fraction, retry_after)
    assert moment is not None
    return moment - NOW


def test_the_delays_grow_and_end_after_about_a_week() -> None:
    delays = [delay(attempts, MIDDLE) for attempts in range(1, len(DELAYS) + 1)]
    assert delays == sorted(delays)
    assert delays[0] == timedelta(minutes=1)
    assert timedelta(days=6) < sum(delays, timedelta()) < timedelta(days=8)
    assert next_attempt(len(DELAYS) + 1, NOW, MIDDLE) is None
    assert next_attempt(1000, NOW, MIDDLE, timedelta(hours=1)) is None


@given(st.integers(1, len(DELAYS)), fractions)
def test_jitter_is_at_most_a_fifth_either_way(attempts: int, fraction: float) -> None:
    slack = timedelta(microseconds=1)
    assert DELAYS[attempts - 1] * 0.8 - slack <= delay(attempts, fraction) <= DELAYS[attempts - 1] * 1.2 + slack


@given(st.integers(1, len(DELAYS)), fractions, st.timedeltas(timedelta(), timedelta(days=3650)))
def test_retry_after_lengthens_within_its_bound(attempts: int, fraction: float, retry_after: timedelta) -> None:
    asked, usual = delay(attempts, fraction, retry_after), delay(attempts, fraction)
    assert asked >= usual
    assert asked >= min(retry_after, MAX_RETRY_AFTER)
    assert asked == usual or asked <= MAX_RETRY_AFTER


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 120 ", 120),
        ("999999999", 999_999_999),
        ("Sun, 22 Nov 2026 12:05:00 GMT", 300),
        ("Sun, 22 Nov 2026 11:05:00 GMT", 0),
    ],
)
def test_retry_after_is_read(value: str, seconds: int) -> None:
    assert read_retry_after(value, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "-1", "soon", "1.5", "1e9", "9" * 10, "٣", "2026-11-22T12:05:00Z"])
def test_an_unusable_retry_after_says_nothing(value: str) -> None:
    assert read_retry_after(value, NOW) is None


@given(moments)
def test_dates_are_read_back_to_the_second(moment: datetime) -> None:
    assert read_http_date(format_http_date(moment)) == moment.replace(microsecond=0)


@pytest.mark.parametrize(
    "text", ["Sun, 22 Nov 2026 12:00:00 UTC", "Sun, 22 Nov 2026 12:00:00 +0000", "22 Nov 2026 12:00:00 GMT"]
)
def test_other_ways_to_say_gmt_are_read(text: str) -> None:
    assert read_http_date(text) == NOW


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sun, 22 Nov 2026 12:00:00",
        "Sun, 22 Nov 2026 12:00:00 +0100",
        "Sun, 32 Nov 2026 12:00:00 GMT",
        "Sun, 22 Növ 2026 12:00:00 GMT",
        "Sun, 22 Xyz 2026 12:00:00 GMT",
        "Sun, 22 Nov 2026 25:00:00 GMT",
        "Sun, 22 Nov 0000 12:00:00 GMT",
        "Sun, 22 Nov 2026 12:00:00 GMT, Sun, 22 Nov 2026 12:00:00 GMT",
    ],
)
def test_what_is_no_date_in_gmt(text: str) -> None:
    assert read_http_date(text) is None
