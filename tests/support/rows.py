"""Rows with everything that a table insists on, for tests that care about one column."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from storage.artists import Artist
from storage.attachments import Attachment, Rendition
from storage.blocklist import BlocklistEntry
from storage.deliveries import Target
from storage.follows import Follower, Following
from storage.inbox_log import InboxActivity
from storage.interactions import Interaction
from storage.outbox_log import OutboxActivity
from storage.posts import Post
from storage.remote_actors import RemoteActor

NOW = datetime(2026, 3, 14, 15, 9, 26, 535897, UTC)
PKS = count(116_000_000_000_000_000)


def make_artist(name: str, **columns: Any) -> Artist:
    given = {"pk": next(PKS), "name": name, "folded": name.casefold(), "created_at": NOW, "updated_at": NOW}
    return Artist(**given | columns)


def make_remote_actor(actor_id: str, **columns: Any) -> RemoteActor:
    netloc, name = actor_id.split("/")[2], actor_id.rsplit("/", 1)[-1]
    given = {"pk": next(PKS), "actor_id": actor_id, "netloc": netloc, "domain": netloc, "name": name}
    given |= {"inbox": f"{actor_id}/inbox", "shared_inbox": f"https://{netloc}/inbox", "fetched_at": NOW}
    return RemoteActor(**given | columns)


def make_post(actor_id: str, **columns: Any) -> Post:
    pk = columns.get("pk") or next(PKS)
    given = {"pk": pk, "object_id": f"{actor_id}/posts/{pk}", "actor_id": actor_id}
    return Post(**given | {"visibility": "public", "published_at": NOW} | columns)


def make_attachment(**columns: Any) -> Attachment:
    return Attachment(**{"pk": next(PKS), "media_type": "image/jpeg", "created_at": NOW} | columns)


def make_rendition(attachment_pk: int, kind: str, file_hash: str) -> Rendition:
    return Rendition(
        attachment_pk=attachment_pk, kind=kind, hash=file_hash, extension="jpg", media_type="image/jpeg",
        width=640, height=480, byte_size=12_345,
    )  # fmt: skip


def make_follower(artist_pk: int, actor_id: str, **columns: Any) -> Follower:
    given = {"pk": next(PKS), "artist_pk": artist_pk, "actor_id": actor_id, "state": "accepted", "created_at": NOW}
    return Follower(**given | {"follow_id": f"{actor_id}/follows/{artist_pk}"} | columns)


def make_following(artist_pk: int, actor_id: str, **columns: Any) -> Following:
    given = {"pk": next(PKS), "artist_pk": artist_pk, "actor_id": actor_id, "state": "accepted", "created_at": NOW}
    return Following(**given | {"follow_id": f"https://studio.example/follows/{given['pk']}"} | columns)


def make_interaction(kind: str, actor_id: str, object_id: str, **columns: Any) -> Interaction:
    given = {"pk": next(PKS), "kind": kind, "actor_id": actor_id, "object_id": object_id, "created_at": NOW}
    return Interaction(**given | {"activity_id": f"{actor_id}/{kind}/{given['pk']}"} | columns)


def make_inbox_activity(activity_id: str, actor_id: str, **columns: Any) -> InboxActivity:
    given = {"pk": next(PKS), "activity_id": activity_id, "activity_type": "Follow", "actor_id": actor_id}
    return InboxActivity(**given | {"body": b"{}", "received_at": NOW, "due_at": NOW} | columns)


def make_outbox_activity(artist_pk: int | None = None, **columns: Any) -> OutboxActivity:
    pk = next(PKS)
    given = {"pk": pk, "activity_id": f"https://studio.example/activities/{pk}", "artist_pk": artist_pk}
    given |= {"activity_type": "Create", "body": b"{}", "audience": "public", "created_at": NOW}
    return OutboxActivity(**given | columns)


def make_target(netloc: str, **columns: Any) -> Target:
    given = {"pk": next(PKS), "inbox": f"https://{netloc}/inbox", "inbox_host": netloc, "receiver_netloc": netloc}
    return Target(**given | {"due_at": NOW} | columns)


def make_entry(kind: str, key: str, **columns: Any) -> BlocklistEntry:
    return BlocklistEntry(**{"pk": next(PKS), "kind": kind, "key": key, "created_at": NOW} | columns)
