"""Coverage: what the blocklist, as it stands, has to say about the follows there are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from cara_fed.blocklist.policy import Listing
from storage.enforcement import Follow
from storage.follows import ACCEPTED, PENDING, SUSPENDED

Find: TypeAlias = Callable[..., Listing | None]
"""Gives the listing that refuses one of these ids and hosts, or None."""

LIVING: Final = (ACCEPTED, PENDING, SUSPENDED)
"""The states of follows that a listing says anything about."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A follow with somebody listed, and the entry that lists them."""

    follow: Follow
    listing: Listing


@dataclass(frozen=True, slots=True)
class Coverage:
    """One side's follows, sorted: those with listed ones, and those with anybody else."""

    listed: Sequence[Listed]
    others: Sequence[Follow]

    @property
    def to_suspend(self) -> list[Listed]:
        """Accepted follows with listed ones."""
        return [each for each in self.listed if each.follow.state == ACCEPTED]

    @property
    def to_refuse(self) -> list[Listed]:
        """Requests of listed ones that wait for an answer."""
        return [each for each in self.listed if each.follow.state == PENDING]

    @property
    def to_resume(self) -> list[Follow]:
        """Suspended follows with those who are listed no longer."""
        return [follow for follow in self.others if follow.state == SUSPENDED]

    def split_by_company(self) -> tuple[list[Listed], list[Listed]]:
        """Listed ones who have, or had, follows: first those whose server receives the same artist for others too.

        What is delivered to a server for one of its people reaches all who follow there; so these follows have to end
        over there as well. The second are those alone.
        """
        places = {(follow.artist_pk, place) for follow in self.others for place in _places(follow) if _counts(follow)}
        accompanied: list[Listed] = []
        alone: list[Listed] = []
        for each in (each for each in self.listed if _counts(each.follow)):
            shared = any((each.follow.artist_pk, place) in places for place in _places(each.follow))
            (accompanied if shared else alone).append(each)
        return accompanied, alone


def cover(follows: Iterable[Follow], find: Find) -> Coverage:
    """Sort follows by what the list says about their actors, by their ids, inboxes and other names."""
    listed: list[Listed] = []
    others: list[Follow] = []
    for follow in follows:
        listing = find(follow.actor_id, follow.inbox, follow.shared_inbox)
        if listing is None:
            others.append(follow)
        else:
            listed.append(Listed(follow, listing))
    return Coverage(listed, others)


def _counts(follow: Follow) -> bool:
    return follow.state != PENDING


def _places(follow: Follow) -> Iterator[str]:
    return (place for place in (follow.netloc, follow.shared_inbox) if place)
