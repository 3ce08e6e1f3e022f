"""What a post shows of those who made it too: of all who were asked, those who agreed and are still there."""

from collections.abc import Iterable

from activitypub.identifiers import ArtistRef, Site
from cara_fed.clock import Clock
from cara_fed.translate.quotes import SMALLEST_STEP
from storage.artists import Artist
from storage.credits import AGREED, DROPPED, Credit
from storage.posts import Post
from storage.records import Records


async def show_agreed(records: Records, post: Post) -> None:
    """Bring what a post shows up to who agreed; within the transaction that goes on to tell everybody."""
    agreed = [row for row in await records.credits.find_for_post(post.pk) if row.state == AGREED]
    artists = await records.artists.find_by_pks([row.artist_pk for row in agreed if row.artist_pk])
    hidden = {artist.pk for artist in artists.values() if artist.suspended_at is not None}
    post.credits = [
        {"handle": row.handle, "actor_id": row.actor_id, "url": row.url, "role": row.role}
        for row in agreed
        if row.artist_pk is None or (row.artist_pk in artists and row.artist_pk not in hidden)
    ]


async def retell_credits(records: Records, clock: Clock, post_pk: int) -> None:
    """The same, and let everybody who has the post be told."""
    post = await records.posts.find_by_pk(post_pk)
    if post is None or post.deleted_at is not None:
        return
    before = post.credits
    await show_agreed(records, post)
    if post.credits == before:
        return
    post.updated_at = max(clock.now(), (post.updated_at or post.published_at) + SMALLEST_STEP)
    await records.post_updates.ask(post.pk, clock.now())


async def end_credits(records: Records, clock: Clock, credits: Iterable[Credit]) -> None:
    """Name somebody no more, nor ask them."""
    for credit in credits:
        credit.state, credit.hangs = DROPPED, False
        await retell_credits(records, clock, credit.post_pk)


async def end_credits_between(records: Records, clock: Clock, site: Site, artist: Artist, actor_id: str) -> None:
    """Let an artist and somebody whom she keeps away, or who keeps her away, name each other no more."""
    await end_credits(records, clock, await records.credits.find_between(artist.pk, actor_id))
    located = site.locate(actor_id)
    other = await records.artists.find(located.name) if isinstance(located, ArtistRef) else None
    if other is not None:
        named = await records.credits.find_between(other.pk, site.actor(artist.name))
        await end_credits(records, clock, named)


async def end_credits_of(records: Records, clock: Clock, actor_id: str) -> None:
    """Name somebody who is gone no more."""
    await end_credits(records, clock, await records.credits.find_by_actor(actor_id))


async def look_at_credits_of(records: Records, clock: Clock, actor_id: str) -> None:
    """Show or hide somebody's name wherever it is, after they were suspended or restored."""
    for credit in await records.credits.find_by_actor(actor_id):
        await retell_credits(records, clock, credit.post_pk)
