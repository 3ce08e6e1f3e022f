"""For how long a signature counts: made at most 12 hours ago and at most 1 hour ahead, and not past its own expiry.

Mastodon's window, which every peer lives with: queues hold signed requests back, and clocks are wrong.
"""

from datetime import datetime, timedelta
from typing import Final

from activitypub.errors import SignatureExpired

MAX_AGE: Final = timedelta(hours=12)
MAX_AHEAD: Final = timedelta(hours=1)


def require_recent(made_at: float, now: datetime) -> None:
    """Raises SignatureExpired unless `made_at` (seconds since 1970) lies in the window around `now`."""
    age = now.timestamp() - made_at
    if age > MAX_AGE.total_seconds():
        raise SignatureExpired("the signature was made more than 12 hours ago")
    if -age > MAX_AHEAD.total_seconds():
        raise SignatureExpired("the signature was made more than an hour in the future")


def require_unexpired(expires_at: float | None, now: datetime) -> None:
    """Raises SignatureExpired once `expires_at` (seconds since 1970; None: never) has passed."""
    if expires_at is not None and now.timestamp() >= expires_at:
        raise SignatureExpired("the signature has expired")
