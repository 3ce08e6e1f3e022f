"""The doors at which a listed actor is refused; each refusal is counted under one of these names."""

from enum import StrEnum


class Door(StrEnum):
    """Where somebody stood when the blocklist was asked."""

    FOLLOW = "follow"  # a Follow of one of our artists
    INBOX = "inbox"  # any other activity delivered to us
    FETCH = "fetch"  # a signed GET of anything of ours
    MEDIA = "media"  # a picture's URL that was given to them
    ANNOUNCE = "announce"  # passing our posts on
    ALIAS = "alias"  # an actor that calls a listed one itself (alsoKnownAs, movedTo)
    FORWARD = "forward"  # a relayed or forwarded copy
    DELIVER = "deliver"  # our post, when its deliveries are written down
    SEND = "send"  # our delivery, at the moment of sending
    RESOLVE = "resolve"  # our own GET of their documents and pictures
    WEB = "web"  # an unsigned visit by a known agent


def door_of(activity_type: str) -> Door:
    """The door at which an activity arrives."""
    return {"Follow": Door.FOLLOW, "Announce": Door.ANNOUNCE}.get(activity_type, Door.INBOX)
