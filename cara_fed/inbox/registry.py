"""The two tables of the inbox: what an activity does, and what has to be fetched before it can."""

from collections.abc import Awaitable, Callable
from typing import Final

from activitypub.activities import Activity
from activitypub.dispatch import Registry
from cara_fed.inbox.context import InboxContext
from cara_fed.inbox.gathering import Gathered, Gatherer

Receive = Callable[[InboxContext, Activity], Awaitable[None]]
"""Runs inside one transaction, without the network; all that it does is rows. Raises NoEffect or a ProtocolError."""

Gather = Callable[[Gatherer, Activity], Awaitable[Gathered]]
"""Runs before it, outside any transaction, with a budget for fetching."""

inbox: Final[Registry[Receive]] = Registry()
gathering: Final[Registry[Gather]] = Registry()
