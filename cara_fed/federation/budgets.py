"""How much fetching one cause may bring about: a budget for an activity, a rate for a host."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from cara_fed.federation.errors import BudgetSpent


@dataclass(slots=True)
class Budget:
    """How many fetches one activity, search or page may still cause. Changed in place as it is spent."""

    fetches: int

    def spend(self) -> None:
        """Take one fetch; raises BudgetSpent where none is left."""
        if self.fetches <= 0:
            raise BudgetSpent("this would take more requests than one activity may cause")
        self.fetches -= 1


class HostRates:
    """At most ``limit`` of something per host and minute, in this process; the oldest hosts are forgotten first."""

    def __init__(self, limit: int, *, window: timedelta = timedelta(minutes=1), hosts: int = 10_000) -> None:
        self._limit = limit
        self._window = window
        self._hosts = hosts
        self._counts: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def spend(self, netloc: str, now: datetime) -> None:
        """Count one; raises BudgetSpent where the host has had its share of this minute."""
        began, count = self._counts.pop(netloc, (now, 0))
        if now - began >= self._window:
            began, count = now, 0
        self._counts[netloc] = (began, count + 1)
        if len(self._counts) > self._hosts:
            self._counts.popitem(last=False)
        if count >= self._limit:
            raise BudgetSpent(f"{netloc} has been asked often enough for this minute")
