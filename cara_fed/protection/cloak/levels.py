"""The levels of the cloak, and what each may cost."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Cloak(StrEnum):
    """How strongly a picture is cloaked; the quality gate is the same for all."""

    OFF = "off"
    INSTANT = "instant"  # patterns made beforehand; needs no model, and is better with it
    LIGHT = "light"
    STRONG = "strong"
    COMMAND = "command"  # the admin's own command, see [protection] command
    GLAZED = "glazed"  # protected already by the artist: nothing is added, not even marks


@dataclass(frozen=True, slots=True)
class Level:
    """``passes`` through the encoder at a size of at most ``pixels``; ``most`` grey levels anywhere.

    All passes together look at no more than ``work`` pixels, so that what a large picture costs is bounded.
    ``seconds`` is what a picture takes on a small server, from its decoding to its last file, for telling those who
    wait; multiply by the number of pictures ahead.
    """

    passes: int
    pixels: int
    most: float
    seconds: float
    work: int = 8 * 768 * 768

    def passes_for(self, pixels: int) -> int:
        """How many passes there are for a working size of so many pixels."""
        return min(self.passes, max(1, round(self.work / pixels)))


LEVELS: Final = {
    Cloak.OFF: Level(0, 0, 0, 2),
    Cloak.INSTANT: Level(2, 512 * 512, 12, 4),
    Cloak.LIGHT: Level(8, 768 * 768, 12, 12),
    Cloak.STRONG: Level(24, 768 * 768, 14, 16, 12 * 768 * 768),
    Cloak.COMMAND: Level(0, 0, 0, 600),
    Cloak.GLAZED: Level(0, 0, 0, 2),
}


def expected_seconds(cloak: str) -> float:
    """About how long one picture takes with this cloak, on one core of a small server."""
    return LEVELS[Cloak(cloak)].seconds
