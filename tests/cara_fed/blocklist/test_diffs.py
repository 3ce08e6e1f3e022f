"""Diffs: what a list read again would change, and when that cannot be meant."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cara_fed.blocklist.diffs import ListImplausible, build_rows, diff_list, require_plausible, with_reason
from cara_fed.blocklist.entries import EntryKind, EntryPolicy
from cara_fed.blocklist.formats import ParsedEntry

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIST = "https://lists.net/list.csv"

entries = st.lists(
    st.builds(
        ParsedEntry,
        st.sampled_from([EntryKind.DOMAIN, EntryKind.ACTOR]),
        st.sampled_from([f"host{number}.net" for number in range(6)]),
        st.sampled_from(EntryPolicy),
        reason=st.sampled_from(["", "why"]),
    ),
    unique_by=lambda entry: (entry.kind, entry.key),
)


@given(entries, entries)
def test_a_diff_accounts_for_every_entry(before: list[ParsedEntry], after: list[ParsedEntry]) -> None:
    current = build_rows(before, [], LIST, NOW, range(100))
    diff = diff_list(current, after)

    had, has = {(entry.kind, entry.key) for entry in before}, {(entry.kind, entry.key) for entry in after}
    assert {(entry.kind, entry.key) for entry in diff.added} == has - had
    assert set(diff.retracted) == had - has
    assert len(diff.changed) + diff.unchanged == len(had & has)
    assert all(entry not in before for entry in diff.changed)
    assert bool(diff) == (set(before) != set(after))


@given(entries)
def test_a_list_read_again_changes_nothing(listed: list[ParsedEntry]) -> None:
    assert not diff_list(build_rows(listed, [], LIST, NOW, range(100)), reversed(listed))


def test_a_changed_entry_keeps_the_day_it_was_first_listed() -> None:
    first = build_rows([ParsedEntry(EntryKind.DOMAIN, "a.net")], [], LIST, NOW, [1])
    again = [ParsedEntry(EntryKind.DOMAIN, "a.net", EntryPolicy.FILTER), ParsedEntry(EntryKind.DOMAIN, "b.net")]
    rows = build_rows(again, first, LIST, NOW + timedelta(days=9), [2, 3])
    assert [(row.key, row.policy, row.created_at, row.pk) for row in rows] == [
        ("a.net", "filter", NOW, 2),
        ("b.net", "reject", NOW + timedelta(days=9), 3),
    ]


@pytest.mark.parametrize(("before", "after"), [(0, 0), (1, 0), (100, 0), (10, 4), (100, 49), (100_000, 1)])
def test_an_empty_or_suddenly_shrunken_list_is_an_error(before: int, after: int) -> None:
    with pytest.raises(ListImplausible):
        require_plausible(before, after)


@pytest.mark.parametrize(("before", "after"), [(0, 1), (9, 1), (10, 5), (100, 50), (100, 10_000)])
def test_lists_grow_and_shrink(before: int, after: int) -> None:
    require_plausible(before, after)


def test_an_admin_may_say_that_a_loss_is_meant_but_not_of_everything() -> None:
    require_plausible(100, 1, may_shrink=True)
    with pytest.raises(ListImplausible, match="empty"):
        require_plausible(100, 0, may_shrink=True)


def test_a_reason_is_given_where_the_list_gives_none() -> None:
    assert with_reason(ParsedEntry(EntryKind.DOMAIN, "a.net"), "listed by b.net").reason == "listed by b.net"
    assert with_reason(ParsedEntry(EntryKind.DOMAIN, "a.net", reason="own"), "listed by b.net").reason == "own"
