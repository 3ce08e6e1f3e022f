"""One file for each activity; importing this package puts them all into the tables."""

from cara_fed.inbox.handlers import (
    accept,
    announce,
    announced_activity,
    block,
    create,
    delete,
    emoji_react,
    flag,
    follow,
    like,
    move,
    quote_request,
    reject,
    undo,
    update,
)
from cara_fed.inbox.registry import gathering, inbox

__all__ = [
    "accept",
    "announce",
    "announced_activity",
    "block",
    "create",
    "delete",
    "emoji_react",
    "flag",
    "follow",
    "gathering",
    "inbox",
    "like",
    "move",
    "quote_request",
    "reject",
    "undo",
    "update",
]
