"""A change of the blocklist: who makes it, and what it did, in words."""

import getpass

from cara_fed.blocklist.enact import Enacted
from cara_fed.commands.common import say


def tell_enacted(enacted: Enacted) -> None:
    """Say what a change of the list did to follows and waiting deliveries."""
    counted = (
        (enacted.suspended, "follow suspended", "follows suspended"),
        (enacted.resumed, "follow brought back", "follows brought back"),
        (enacted.refused, "follow request refused", "follow requests refused"),
        (enacted.cancelled, "delivery cancelled", "deliveries cancelled"),
    )
    for count, one, several in counted:
        if count:
            say(f"{count} {one if count == 1 else several}")
    for actor_id in enacted.final:
        say(f"{actor_id} was sent a Reject, since others on that server still follow; this cannot be undone from here")


def user_name() -> str:
    """Who is at the keyboard, for the log."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
