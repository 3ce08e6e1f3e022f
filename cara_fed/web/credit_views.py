"""What the pages are made of where people answer whether they agree to be named in a work."""

from dataclasses import dataclass
from typing import Literal

from cara_fed.web.parts import Byline, Tile


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A work that names somebody, or would. ``tile`` is None for one without pictures; ``role`` may be empty."""

    pk: int
    byline: Byline
    url: str
    label: str
    role: str
    state: Literal["asked", "agreed", "declined"]
    tile: Tile | None = None
    hangs: bool = False


@dataclass(frozen=True, slots=True)
class CreditsPage:
    """``/credits``: where an artist is named. The forms' fields: ``credit`` and ``answer`` (agree, hang, decline)."""

    lines: tuple[CreditLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditPage:
    """``/credits/PK-TAG``: the same about one work, for somebody of another server whose ``handle`` this is."""

    line: CreditLine
    handle: str
    path: str
