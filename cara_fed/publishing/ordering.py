"""Orders that artists give to their posts: in the portfolio, and in albums."""

from collections.abc import Sequence
from enum import StrEnum


class Step(StrEnum):
    """What becomes of one post in an order."""

    EARLIER = "earlier"
    LATER = "later"
    OUT = "out"


def move(pks: Sequence[int], pk: int, step: Step) -> list[int]:
    """The order with one post a place earlier, later, or left out; as it was where there is no such place or post."""
    if pk not in pks:
        return list(pks)
    rest = [other for other in pks if other != pk]
    if step is Step.OUT:
        return rest
    place = pks.index(pk) + (1 if step is Step.LATER else -1)
    return [*rest[: max(place, 0)], pk, *rest[max(place, 0) :]]
