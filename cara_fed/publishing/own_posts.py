"""An artist's own posts, as the use cases that change them find them."""

from collections.abc import Sequence
from dataclasses import replace

from cara_fed.errors import NotFound
from cara_fed.services import Services
from cara_fed.translate.posts import PostRows
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.records import Records


async def find_own_post(services: Services, artist: Artist, post_pk: int) -> PostRows:
    """The artist's living post with that key; raises NotFound."""
    async with services.database.reading() as records:
        return await get_own_post(records, artist, post_pk)


async def get_own_post(records: Records, artist: Artist, post_pk: int) -> PostRows:
    """The same, within a transaction that goes on to change it."""
    [rows] = await get_own_posts(records, artist, [post_pk])
    return replace(rows, poll=await records.polls.find(post_pk))


async def get_own_posts(records: Records, artist: Artist, post_pks: Sequence[int]) -> list[PostRows]:
    """Several of them, without their polls, in this order."""
    posts = await records.posts.find_by_pks(post_pks)
    if any(pk not in posts or posts[pk].artist_pk != artist.pk for pk in post_pks):
        raise NotFound(_("There is no such post of yours."))
    pictures = await records.attachments.find_for_posts(post_pks)
    return [PostRows(artist, posts[pk], pictures[pk]) for pk in post_pks]
