"""A change of the blocklist: who makes it, and what it did, in words."""

import getpass

from cara_fed.blocklist.enact import Enacted
from cara_fed.commands.common import say


def tell_enacted(enacted: Enacted) -> None:
    """Say what a change of the list did to follows and waiting deliveries."""
    counted = (
        (enacted.suspended, "follows suspended"),
        (enacted.resumed, "follows brought back"),
        (enacted.refused, "follow requests refused"),
        (enacted.cancelled, "deliveries cancelled"),
    )
    for count, what in counted:
        if count:
            say(f"{count} {what}")
    for actor_id in enacted.final:
        say(f"{actor_id} was sent a Reject, since others on that server still follow; this cannot be undone from here")


def user_name() -> str:
    """Who is at the keyboard, for the log."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
