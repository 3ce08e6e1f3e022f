"""Budgets and rates."""

from datetime import UTC, datetime, timedelta

import pytest

from cara_fed.federation.budgets import Budget, HostRates
from cara_fed.federation.errors import BudgetSpent

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_budget_is_spent_once() -> None:
    budget = Budget(2)
    budget.spend()
    budget.spend()
    with pytest.raises(BudgetSpent):
        budget.spend()


def test_a_host_has_its_share_of_each_minute() -> None:
    rates = HostRates(2)
    rates.spend("far.example", NOON)
    rates.spend("far.example", NOON)
    with pytest.raises(BudgetSpent, match=r"far\.example"):
        rates.spend("far.example", NOON + timedelta(seconds=59))
    rates.spend("near.example", NOON)
    rates.spend("far.example", NOON + timedelta(seconds=60))


def test_hosts_beyond_the_limit_are_forgotten_oldest_first() -> None:
    rates = HostRates(1, hosts=2)
    for host in ("a.example", "b.example", "c.example"):
        rates.spend(host, NOON)
    rates.spend("a.example", NOON)
    with pytest.raises(BudgetSpent):
        rates.spend("c.example", NOON)
