"""An artist's own posts, as the use cases that change them find them."""

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
    post = await records.posts.find_by_pk(post_pk)
    if post is None or post.artist_pk != artist.pk or post.deleted_at is not None:
        raise NotFound(_("There is no such post of yours."))
    pictures = await records.attachments.find_for_posts([post.pk])
    return PostRows(artist, post, pictures[post.pk], await records.polls.find(post.pk))
