"""What a handler works with: one transaction's records, and the few things that it may bring about."""

from dataclasses import dataclass
from datetime import datetime

from activitypub.documents import Json, dump_document, id_of
from activitypub.errors import ActorMismatch
from activitypub.identifiers import ArtistRef, Site
from activitypub.notes import RemotePost, read_post
from activitypub.origins import require_same_origin
from cara_fed.blocklist.doors import Door
from cara_fed.clock import Clock
from cara_fed.delivery.fan_out import FanOut, Recipients
from cara_fed.inbox.gathering import NOTHING, Gathered
from storage.artists import Artist
from storage.blocks import OUT
from storage.outbox_log import OutboxActivity
from storage.records import Records


class NoEffect(Exception):
    """The activity is understood, and rightly changes nothing; the message says why, for the log."""


@dataclass(frozen=True, slots=True)
class InboxContext:
    """The surroundings of one activity. Effects are rows, written with it or not at all."""

    records: Records
    clock: Clock
    fan_out: FanOut
    gathered: Gathered = NOTHING
    recipient: str | None = None
    """The artist's name where the activity came to a personal inbox."""

    @property
    def site(self) -> Site:
        """The addresses of this instance."""
        return self.fan_out.site

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.clock.now()

    def new_pk(self) -> int:
        """A key for a new row."""
        return self.clock.new_pk()

    async def find_artist(self, actor_id: str | None) -> Artist | None:
        """The artist of this instance whom an actor id names."""
        located = self.site.locate(actor_id) if actor_id else None
        return await self.records.artists.find(located.name) if isinstance(located, ArtistRef) else None

    async def get_artist(self, actor_id: str | None) -> Artist:
        """Like `find_artist`; raises NoEffect where there is none."""
        if (artist := await self.find_artist(actor_id)) is None:
            raise NoEffect("it concerns nobody here")
        return artist

    async def is_blocked(self, artist: Artist, actor_id: str) -> bool:
        """Whether the artist wants nothing to do with the actor."""
        return await self.records.blocks.exists(artist.pk, actor_id, OUT)

    def read_gathered_post(self, author_id: str | None = None) -> tuple[RemotePost, Json]:
        """The post that was gathered, and its document.

        Raises NoEffect where there is none; a ProtocolError where it cannot be read, where its id lies on another
        server than its author, or where it is somebody else's than `author_id`'s.
        """
        document = self.gathered.document
        if document is None:
            raise NoEffect("it brings no post that is not here already")
        post = self.gathered.post or read_post(document)
        require_same_origin(post.object_id, post.actor_id)
        if author_id is not None and post.actor_id != author_id:
            raise ActorMismatch("the post is somebody else's")
        return post, document

    def require_not_listed(self, door: Door, actor_id: str, *addresses: str) -> None:
        """Raise NoEffect, having counted it, for who was listed since the activity arrived, or receives at such."""
        if self.fan_out.blocklist.refuse(door, actor_id, *addresses) is not None:
            raise NoEffect("the actor is on the blocklist")

    async def send(self, artist: Artist, activity: Json, receiver_id: str) -> None:
        """Queue an activity of the artist for one actor's own inbox."""
        row = OutboxActivity(
            pk=self.new_pk(),
            activity_id=activity["id"],
            artist_pk=artist.pk,
            activity_type=activity["type"],
            object_id=id_of(activity["object"]),
            body=dump_document(activity),
            audience="direct",
            created_at=self.now,
        )
        await self.fan_out.enqueue(self.records, row, Recipients(actor_ids=(receiver_id,), personal=True))

    def new_activity_id(self, artist: Artist) -> str:
        """An id for an activity of the artist."""
        return self.site.activity(artist.name, self.new_pk())
