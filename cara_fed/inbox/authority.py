"""Who may speak for what: decided once, when an activity arrives (after FEP-fe34)."""

from typing import Final

from activitypub.activities import Activity
from activitypub.documents import ids_of
from activitypub.errors import ActorMismatch, ForeignOrigin
from activitypub.identifiers import Site
from activitypub.origins import IdRule, same_origin

OWNERS_ALONE: Final = frozenset({"Create", "Update", "Delete"})
"""What only the object's own author may do, from the object's own server."""


def require_own_activity(activity: Activity, site: Site, rule: IdRule) -> None:
    """Raise unless the activity, its actor and, where owners alone may act, its object belong to one server.

    Raises IdUnacceptable for a scheme that is not taken, ForeignOrigin for an id of somebody else's server or of ours,
    ActorMismatch for a post that says it is somebody else's.
    """
    rule.require(activity.actor_id)
    if site.is_local(activity.actor_id):
        raise ForeignOrigin("an artist of this instance does not write to it from outside")
    _require_origin(activity.activity_id, activity.actor_id, "the activity's id")
    if activity.activity_type in OWNERS_ALONE:
        _require_own_object(activity)


def require_sender(activity: Activity, sender_id: str) -> None:
    """Raise ActorMismatch unless the activity is the sender's own."""
    if activity.actor_id != sender_id:
        raise ActorMismatch("the activity's actor is not the owner of the key that signed it")


def _require_own_object(activity: Activity) -> None:
    for object_id in activity.object_ids:
        _require_origin(object_id, activity.actor_id, "the object's id")
    authors = ids_of((activity.object_document or {}).get("attributedTo"))
    if authors and activity.actor_id not in authors:
        raise ActorMismatch("the object is somebody else's")


def _require_origin(id: str, actor_id: str, what: str) -> None:
    if not same_origin(id, actor_id):
        raise ForeignOrigin(f"{what} lies on another server than the actor")
