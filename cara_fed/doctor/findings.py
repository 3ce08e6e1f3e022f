"""What the doctor says: one sentence for each thing that was looked at."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from cara_fed.errors import CaraFedError


class Verdict(StrEnum):
    """How a thing stands."""

    WELL = "well"
    ILL = "ill"
    SKIPPED = "skipped"


class Ill(CaraFedError):
    """Something is wrong; the sentence says what, and what to do."""


class Skipped(CaraFedError):
    """This cannot be looked at here; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it stands, and one sentence about it."""

    name: str
    verdict: Verdict
    sentence: str


Look = Callable[[], Awaitable[str]]
"""Looks at one thing: returns what is well in a few words, or raises Ill or Skipped."""


async def find(name: str, look: Look) -> Finding:
    """Look at one thing."""
    try:
        return Finding(name, Verdict.WELL, await look())
    except Ill as ill:
        return Finding(name, Verdict.ILL, str(ill))
    except Skipped as skipped:
        return Finding(name, Verdict.SKIPPED, str(skipped))
