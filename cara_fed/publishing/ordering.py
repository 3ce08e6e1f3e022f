"""Orders that artists give to their posts: in the portfolio, and in albums."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What becomes of one post in an order."""

    EARLIER = "earlier"
    LATER = "later"
    TO = "to"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Move:
    """What is to become of the post ``pk``; ``place``, from 1, is where it goes with Step.TO."""

    pk: int
    step: Step
    place: int = 1


def move(pks: Sequence[int], wanted: Move) -> list[int]:
    """The order with one post elsewhere, or left out; as it was where there is no such place or post."""
    if wanted.pk not in pks:
        return list(pks)
    rest = [other for other in pks if other != wanted.pk]
    if wanted.step is Step.OUT:
        return rest
    before = pks.index(wanted.pk)
    places = {Step.EARLIER: before - 1, Step.LATER: before + 1, Step.TO: wanted.place - 1}
    place = max(places[wanted.step], 0)
    return [*rest[:place], wanted.pk, *rest[place:]]
