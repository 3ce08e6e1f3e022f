"""A clock that stands still until a story moves it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class StoryTime:
    """The time in a story, for every server in it."""

    now: datetime = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)

    def read(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        """Let time pass: ``pass_by(hours=2)``."""
        self.now += timedelta(**duration)
