"""Closing polls whose time has come: whoever voted or asked is told, and followers get the last count."""

from collections.abc import Iterator
from typing import Final

from activitypub.identifiers import ArtistRef
from cara_fed.inbox.notices import Kind, make_notification
from cara_fed.services import Services
from storage.posts import Post
from storage.records import Records

POLLS_AT_A_TIME: Final = 20


async def close_polls(services: Services) -> bool:
    """Close what is over, a few polls at a time; whether there were any.

    All that follows is in the transaction that closes a poll, so that a crash leaves it open, to be closed again.
    """
    now = services.clock.now()
    async with services.database.reading() as records:
        if not await records.polls.is_anything_over(now):
            return False
    async with services.database.unit_of_work() as records:
        for poll in await records.polls.claim_over(now, POLLS_AT_A_TIME):
            post = await records.posts.find_by_pk(poll.post_pk)
            if post is not None and post.deleted_at is None:
                await _tell(records, services, post)
    return True


async def _tell(records: Records, services: Services, post: Post) -> None:
    concerned = list(_names(services, [post.actor_id, *await records.polls.find_voters(post.pk)]))
    for name in concerned:
        artist = await records.artists.find(name)
        if artist is None or await records.mutes.exists(artist.pk, post.actor_id):
            continue
        row = make_notification(services.clock, artist, Kind.POLL, post.actor_id, post.object_id)
        await records.notifications.add(row)
    if post.artist_pk is not None:
        await records.post_updates.ask(post.pk, services.clock.now())


def _names(services: Services, actor_ids: list[str]) -> Iterator[str]:
    """The artists of this instance among these."""
    for actor_id in dict.fromkeys(actor_ids):
        located = services.site.locate(actor_id)
        if isinstance(located, ArtistRef):
            yield located.name
