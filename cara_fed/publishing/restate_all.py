"""Letting an artist's earlier posts say what the artist says now: one post after another, in the background."""

from datetime import timedelta
from typing import Final

from activitypub.audience import Visibility
from cara_fed.errors import NotFound
from cara_fed.publishing.restate_post import restate_post
from cara_fed.services import Services
from storage.artists import Artist
from storage.posts import Post
from storage.rewrites import Rewrite

POSTS_AT_A_TIME: Final = 10
LEASE: Final = timedelta(minutes=10)


async def ask_restating(services: Services, artist: Artist) -> None:
    """Begin: every post that says nothing of its own will say what the artist says by then."""
    async with services.database.unit_of_work() as records:
        await records.rewrites.ask(Rewrite(artist_pk=artist.pk, asked_at=services.clock.now()))


async def restate_once(services: Services) -> bool:
    """Bring a few posts of one artist who asked up to what the artist says; whether anything was to be done."""
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        claimed = await records.rewrites.claim(now, now + LEASE)
        artist = await records.artists.find_by_pk(claimed.artist_pk) if claimed else None
    if claimed is None:
        return False
    posts = await _find_posts(services, artist, claimed.before_pk) if artist else []
    rewritten = sum([await _restate(services, artist, post) for post in posts]) if artist else 0
    async with services.database.unit_of_work() as records:
        if posts:
            await records.rewrites.record(claimed, posts[-1].pk, rewritten=rewritten)
        else:
            await records.rewrites.finish(claimed)
    return True


async def _find_posts(services: Services, artist: Artist, before: int | None) -> list[Post]:
    async with services.database.reading() as records:
        actor_id = services.site.actor(artist.name)
        found = await records.posts.find_by_actor(actor_id, tuple(Visibility), before=before, limit=POSTS_AT_A_TIME)
        return list(found)


async def _restate(services: Services, artist: Artist, post: Post) -> bool:
    async with services.database.reading() as records:
        if await records.opt_out_changes.find_explicit([post.object_id]):
            return False
    try:
        return await restate_post(services, artist, post.pk, None)
    except NotFound:  # deleted meanwhile
        return False
