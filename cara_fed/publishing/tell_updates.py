"""Telling what became of posts meanwhile: Updates that are due, each sent in the transaction that takes it off."""

from typing import Final

from cara_fed.errors import NotFound
from cara_fed.publishing.outgoing import wake_workers
from cara_fed.publishing.own_posts import get_own_post
from cara_fed.publishing.restate_post import send_update
from cara_fed.services import Services
from storage.records import Records

POSTS_AT_A_TIME: Final = 20


async def tell_updates(services: Services) -> bool:
    """Send the Updates that are due, a few posts at a time; whether there were any."""
    now = services.clock.now()
    async with services.database.reading() as records:
        if not await records.post_updates.is_anything_due(now):
            return False
    async with services.database.unit_of_work() as records:
        for pk in await records.post_updates.claim(now, POSTS_AT_A_TIME):
            await _tell(records, services, pk)
    wake_workers(services)
    return True


async def _tell(records: Records, services: Services, post_pk: int) -> None:
    post = await records.posts.find_by_pk(post_pk)
    artist = await records.artists.find_by_pk(post.artist_pk) if post is not None and post.artist_pk else None
    if artist is None:
        return
    try:
        rows = await get_own_post(records, artist, post_pk)
    except NotFound:  # deleted meanwhile
        return
    await send_update(records, services, rows)
