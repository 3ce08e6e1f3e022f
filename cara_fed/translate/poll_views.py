"""A poll's row as pages show it."""

from collections.abc import Collection
from datetime import datetime

from cara_fed.web import parts
from storage.polls import Poll


def view_poll(poll: Poll, own: Collection[int], now: datetime, *, may_vote: bool) -> parts.Poll:
    """The poll as it stands ``now``; ``own`` are the options that the one who looks has chosen.

    Shares are of the people where that number is known, so that several answers may add up to more than all.
    """
    votes = sum(option["votes"] for option in poll.options)
    people = poll.voters if poll.voters is not None else votes
    whole = max(people if poll.multiple else votes, 1)
    is_closed = poll.closed_at is not None or (poll.ends_at is not None and poll.ends_at <= now)
    return parts.Poll(
        pk=poll.post_pk,
        options=tuple(
            parts.PollOption(
                option["name"], option["votes"], min(round(100 * option["votes"] / whole), 100), place in own
            )
            for place, option in enumerate(poll.options)
        ),
        voters=people,
        multiple=poll.multiple,
        ends_at=poll.ends_at,
        is_closed=is_closed,
        may_vote=may_vote and not is_closed and not own,
    )
