"""Activities as they arrive: with or without an id, their object embedded or named, one or several."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from activitypub.audience import Audience, read_audience
from activitypub.documents import Json, as_list, first, types_of
from activitypub.errors import ActorMismatch, DocumentMalformed
from activitypub.html import strip_html
from activitypub.origins import same_origin
from activitypub.reading import usable_id, usable_ids
from activitypub.tags import Emoji, read_tags
from activitypub.texts import bound_line, bound_text
from activitypub.times import read_time
from activitypub.vocabulary import ACTOR_TYPES, COLLECTION_TYPES, POST_TYPES

MAX_OBJECTS: Final = 100
MAX_TYPE: Final = 100
MAX_REACTION: Final = 64
MAX_REPORT: Final = 5_000

_NO_ACTIVITIES: Final = ACTOR_TYPES | COLLECTION_TYPES | POST_TYPES | {"Tombstone"}
_MADE: Final = "#anonymous-activity-"
_SAME: Final = ("type", "actor", "object", "target", "content", "published")
"""What makes two activities without an id the same one."""


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity as its sender states it. Nothing in it is proven."""

    activity_id: str
    """Its id, or one made of its contents where it has none that can be used (see is_made_id)."""
    activity_type: str
    actor_id: str
    object_ids: tuple[str, ...]
    """Every object that has an id; a Flag has several."""
    object_document: Json | None
    """The first object where it is embedded, with the activity's own context if it brings none."""
    target_id: str | None
    audience: Audience
    published: datetime | None
    document: Json

    @property
    def object_id(self) -> str | None:
        return next(iter(self.object_ids), None)

    @property
    def object_types(self) -> tuple[str, ...]:
        """The embedded object's types; none where the object is only named."""
        return types_of(self.object_document)


def read_activity(document: Json) -> Activity:
    """The activity, of whatever type. Raises DocumentMalformed for what has no type or actor, or is no activity."""
    activity_type = next(iter(types_of(document)), "")
    actor_id = usable_id(document.get("actor"))
    if not 0 < len(activity_type) <= MAX_TYPE or activity_type in _NO_ACTIVITIES:
        raise DocumentMalformed("the document is not an activity")
    if actor_id is None:
        raise DocumentMalformed("the activity has no usable actor")
    return Activity(
        activity_id=usable_id(document.get("id")) or _make_id(document, activity_type, actor_id),
        activity_type=activity_type,
        actor_id=actor_id,
        object_ids=usable_ids(document.get("object"), MAX_OBJECTS),
        object_document=_read_object(document),
        target_id=usable_id(document.get("target")),
        audience=read_audience(document),
        published=read_time(document.get("published")),
        document=document,
    )


def is_made_id(activity_id: str) -> bool:
    """Whether an activity's id was made here, so that its sender does not know it."""
    return _MADE in activity_id


def read_inner_activity(activity: Activity) -> Activity:
    """The activity that an Undo takes back, or that an Accept or Reject answers, where it is embedded.

    Raises DocumentMalformed where it is only named (then it is to be looked up), ActorMismatch where the outer actor
    may not speak of it: an Undo takes back its own actor's, an Accept or Reject answers what was addressed to it.
    """
    inner = activity.object_document
    if inner is None:
        raise DocumentMalformed("the activity names its object without embedding it")
    if activity.activity_type != "Undo":
        return _require_asked_of(read_activity(inner), activity.actor_id)
    read = read_activity({"actor": activity.actor_id} | inner)
    if read.actor_id != activity.actor_id:
        raise ActorMismatch("the activity takes back somebody else's")
    return read


def read_reaction(activity: Activity) -> tuple[str, Emoji | None] | None:
    """What a Like or EmojiReact reacts with, and its picture if it is a custom emoji; None for a plain Like."""
    document = activity.document
    text = bound_line(document.get("content") or document.get("_misskey_reaction"), MAX_REACTION)
    if not text:
        return None
    shortcode = text.strip(":")
    emoji = next((emoji for emoji in read_tags(document).emoji if emoji.shortcode == shortcode), None)
    return text, emoji


def read_report(activity: Activity) -> str:
    """The text of a Flag."""
    return bound_text(strip_html(activity.document.get("content")), MAX_REPORT)


def _require_asked_of(request: Activity, actor_id: str) -> Activity:
    asked = (*request.object_ids, *filter(None, [request.target_id]))
    if request.activity_type == "Follow":
        answers_itself = asked[:1] == (actor_id,)
    else:  # a QuoteRequest asks about a post, an Offer or Join about something else of the answerer's
        answers_itself = any(same_origin(actor_id, id) for id in asked)
    if not answers_itself:
        raise ActorMismatch("the activity answers what was asked of somebody else")
    return request


def _read_object(document: Json) -> Json | None:
    embedded = first(document.get("object"))
    # A Link, or an object of nothing but its id, is only a name.
    if (
        not isinstance(embedded, dict)
        or not embedded.keys() - {"id", "href", "@context"}
        or types_of(embedded) == ("Link",)
    ):
        return None
    context = document.get("@context")
    return embedded if context is None or "@context" in embedded else {"@context": context} | embedded


def _make_id(document: Json, activity_type: str, actor_id: str) -> str:
    """A stable id for an activity without: Mastodon and Pixelfed have sent Undo and Accept so."""
    same = {key: document[key] for key in _SAME if key in document and as_list(document[key])}
    digest = hashlib.sha256(json.dumps(same, sort_keys=True, default=str).encode()).hexdigest()
    return f"{actor_id.partition('#')[0]}{_MADE}{digest[:32]}"
