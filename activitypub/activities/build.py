"""Our activities as documents. Each builder takes ready ids; nothing here decides who receives what is built."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from activitypub import little_boxes_adapter
from activitypub.activities.read import is_made_id
from activitypub.audience import Audience
from activitypub.documents import Json
from activitypub.times import format_time
from activitypub.vocabulary import AS2, PUBLIC

_CONTEXT: Final = [AS2]


def build_create(note: Json, *, activity_id: str) -> Json:
    """Create of a post's Note, which keeps its own audience and gives the context."""
    create = {
        "@context": note["@context"],
        "id": activity_id,
        "type": "Create",
        "actor": note["attributedTo"],
        "published": note["published"],
        **_addressed(note),
        "object": _embed(note),
    }
    return little_boxes_adapter.strip_hidden_recipients(create)


def build_update(document: Json, *, activity_id: str, updated: datetime, audience: Audience | None = None) -> Json:
    """Update of a Note, with its own audience, or of an actor, with the one given (else everyone and its followers)."""
    actor_id = document.get("attributedTo") or document["id"]
    own = _addressed(document) or {"to": [PUBLIC], "cc": [document["followers"]]}
    update = {
        "@context": document["@context"],
        "id": activity_id,
        "type": "Update",
        "actor": actor_id,
        "updated": format_time(updated),
        **(_address(audience) if audience else own),
        "object": _embed(document),
    }
    return little_boxes_adapter.strip_hidden_recipients(update)


def build_delete(deleted: Json | str, *, activity_id: str, actor_id: str, audience: Audience) -> Json:
    """Delete of a post, given as its Tombstone, or of an actor, given as its id."""
    target = deleted if isinstance(deleted, str) else _embed(deleted)
    return _build("Delete", activity_id, actor_id, target) | _address(audience)


def build_follow(*, activity_id: str, actor_id: str, target_id: str) -> Json:
    return _build("Follow", activity_id, actor_id, target_id) | {"to": [target_id]}


def build_accept(*, activity_id: str, actor_id: str, follow_id: str, follower_id: str) -> Json:
    """Accept of a Follow that ``actor_id`` received."""
    accept = little_boxes_adapter.build_accept(_received_follow(actor_id, follow_id, follower_id))
    return _answer("Accept", activity_id, accept["actor"], accept["object"])


def build_reject(*, activity_id: str, actor_id: str, follow_id: str, follower_id: str) -> Json:
    """Reject of a Follow that ``actor_id`` received, now or long ago."""
    return _answer("Reject", activity_id, actor_id, _received_follow(actor_id, follow_id, follower_id))


def build_undo(activity: Json, *, activity_id: str) -> Json:
    """Undo of an activity that we sent, as we sent it; to the same people."""
    if activity["type"] in little_boxes_adapter.UNDOABLE:
        undone = little_boxes_adapter.build_undo(activity)["object"]
    else:
        undone = _embed(activity)
    return _build("Undo", activity_id, activity["actor"], undone) | _addressed(activity)


def build_like(*, activity_id: str, actor_id: str, object_id: str, author_id: str) -> Json:
    return _build("Like", activity_id, actor_id, object_id) | {"to": [author_id]}


def build_announce(
    *, activity_id: str, actor_id: str, object_id: str, author_id: str, followers_id: str, published: datetime
) -> Json:
    """Announce of a public post, by its id alone: whoever wants the post asks its author's server, which may refuse."""
    times = {"published": format_time(published)}
    addressed = {"to": [PUBLIC], "cc": [followers_id, author_id]}
    return _build("Announce", activity_id, actor_id, object_id) | times | addressed


def build_block(*, activity_id: str, actor_id: str, target_id: str) -> Json:
    return _build("Block", activity_id, actor_id, target_id) | {"to": [target_id]}


def build_flag(*, activity_id: str, actor_id: str, object_ids: Sequence[str], content: str) -> Json:
    """A report of an actor and its posts. ``actor_id`` is the instance's, so that no reporter is named."""
    return _build("Flag", activity_id, actor_id, list(object_ids)) | {"content": content}


def build_add(*, activity_id: str, actor_id: str, object_id: str, collection_id: str, followers_id: str) -> Json:
    """That an actor put an object into a collection of theirs, for everybody to know."""
    return _change_collection("Add", activity_id, actor_id, object_id, collection_id, followers_id)


def build_remove(*, activity_id: str, actor_id: str, object_id: str, collection_id: str, followers_id: str) -> Json:
    """That an actor took an object out of a collection of theirs."""
    return _change_collection("Remove", activity_id, actor_id, object_id, collection_id, followers_id)


def build_move(*, activity_id: str, actor_id: str, target_id: str, followers_id: str) -> Json:
    """An artist's move to another account."""
    return _build("Move", activity_id, actor_id, actor_id) | {"target": target_id, "to": [followers_id]}


def _change_collection(
    activity_type: str, activity_id: str, actor_id: str, object_id: str, collection_id: str, followers_id: str
) -> Json:
    addressed = {"to": [PUBLIC], "cc": [followers_id]}
    return _build(activity_type, activity_id, actor_id, object_id) | {"target": collection_id} | addressed


def _build(activity_type: str, activity_id: str, actor_id: str, target: object) -> Json:
    return {"@context": _CONTEXT, "id": activity_id, "type": activity_type, "actor": actor_id, "object": target}


def _received_follow(actor_id: str, follow_id: str, follower_id: str) -> Json:
    return {"id": follow_id, "type": "Follow", "actor": follower_id, "object": actor_id}


def _answer(activity_type: str, activity_id: str, actor_id: str, follow: Json) -> Json:
    """The whole Follow is embedded: Mastodon finds it by its actor and object where it does not know the id."""
    known = {key: value for key, value in follow.items() if key != "id" or not is_made_id(value)}
    return _build(activity_type, activity_id, actor_id, known) | {"to": [follow["actor"]]}


def _embed(document: Json) -> Json:
    return {key: value for key, value in document.items() if key != "@context"}


def _address(audience: Audience) -> Json:
    return {"to": list(audience.to), "cc": list(audience.cc)}


def _addressed(document: Json) -> Json:
    """The document's own addresses, as they are."""
    return {key: list(document[key]) for key in ("to", "cc") if key in document}
