"""Polls as Mastodon, Misskey, Pleroma and Smithereen write them: a Question with oneOf or anyOf; and votes in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from activitypub.documents import Json, as_list, read_text
from activitypub.reading import read_count
from activitypub.texts import bound_line
from activitypub.times import format_time, read_time
from activitypub.vocabulary import AS2

MAX_OPTIONS: Final = 50
MAX_OPTION: Final = 500


@dataclass(frozen=True, slots=True)
class PollOption:
    """An answer, and how often its server says it was given; None where it does not say."""

    name: str
    votes: int | None


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll as it stood when it was read."""

    options: tuple[PollOption, ...]
    multiple: bool
    ends_at: datetime | None
    is_closed: bool
    """Whether its server calls it closed; one past ``ends_at`` is closed too."""
    voters: int | None


def read_poll(document: Json) -> Poll | None:
    """The document's poll, if it has one."""
    multiple = bool(as_list(document.get("anyOf")))
    stated = as_list(document.get("anyOf") if multiple else document.get("oneOf"))[:MAX_OPTIONS]
    options = tuple(_read_option(option) for option in stated if isinstance(option, dict))
    if not options:
        return None
    closed = document.get("closed")
    return Poll(
        options=options,
        multiple=multiple,
        ends_at=read_time(document.get("endTime")) or read_time(closed),
        is_closed=closed is True or read_time(closed) is not None,
        voters=read_count(document.get("votersCount")),
    )


def build_poll(poll: Poll) -> Json:
    """What makes a Question of a post."""
    options = [
        {"type": "Note", "name": option.name, "replies": {"type": "Collection", "totalItems": option.votes or 0}}
        for option in poll.options
    ]
    ends = {"endTime": format_time(poll.ends_at)} if poll.ends_at else {}
    closed = {"closed": format_time(poll.ends_at)} if poll.ends_at and poll.is_closed else {}
    return {"anyOf" if poll.multiple else "oneOf": options, **ends, **closed, "votersCount": poll.voters or 0}


def build_vote(*, activity_id: str, actor_id: str, question_id: str, author_id: str, name: str) -> Json:
    """A vote for one option, for the asker alone: a Create of a Note that says nothing but the option's name."""
    vote = {
        "id": f"{activity_id}#vote",
        "type": "Note",
        "attributedTo": actor_id,
        "inReplyTo": question_id,
        "name": name,
        "to": [author_id],
    }
    return {
        "@context": [AS2],
        "id": activity_id,
        "type": "Create",
        "actor": actor_id,
        "object": vote,
        "to": [author_id],
    }


def _read_option(option: Json) -> PollOption:
    votes = option.get("replies", option.get("_misskey_votes"))
    return PollOption(bound_line(read_text(option, "name"), MAX_OPTION), read_count(votes))
