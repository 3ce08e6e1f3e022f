"""Posts as an artist sees them, from here or elsewhere: what is not for their eyes cannot be answered or liked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from activitypub.audience import read_audience
from activitypub.documents import parse_document
from activitypub.identifiers import Site
from cara_fed.errors import NotFound
from cara_fed.translate.posts import read_mentions
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.blocks import IN
from storage.posts import Post
from storage.records import Records

FOR_EVERYONE: Final = ("public", "unlisted")


async def get_seen_post(records: Records, site: Site, artist: Artist, post_pk: int) -> Post:
    """The living post with that key, if it is for this artist's eyes; raises NotFound."""
    post = await records.posts.find_by_pk(post_pk)
    if post is None or post.deleted_at is not None or not await may_see(records, site, artist, post):
        raise NotFound(_("There is no such post, or it is not for you."))
    return post


@dataclass(frozen=True, slots=True)
class Eyes:
    """What of some people's posts an artist may see, known for all of them at once."""

    artist_pk: int
    actor_id: str
    blocking: set[str]
    followed: set[str]

    def may_see(self, post: Post) -> bool:
        """Whether a post is for these eyes: everybody's, their own, one that names them, or of whom they follow."""
        if post.artist_pk == self.artist_pk:
            return True
        if post.actor_id in self.blocking:
            return False
        if post.visibility in FOR_EVERYONE or _is_addressed(post, self.actor_id):
            return True
        return post.visibility == "followers" and post.actor_id in self.followed


async def open_eyes(records: Records, site: Site, artist: Artist, posts: Sequence[Post]) -> Eyes:
    """An artist's eyes for these posts, in two queries."""
    return Eyes(
        artist.pk,
        site.actor(artist.name),
        await records.blocks.find_actors(artist.pk, IN),
        await records.following.find_ids(artist.pk, {post.actor_id for post in posts}),
    )


async def may_see(records: Records, site: Site, artist: Artist, post: Post) -> bool:
    """The same for a single post."""
    return (await open_eyes(records, site, artist, [post])).may_see(post)


def _is_addressed(post: Post, actor_id: str) -> bool:
    """Whether it names them, or was sent to them without naming them, as Misskey does."""
    if any(mention.actor_id == actor_id for mention in read_mentions(post)):
        return True
    return post.document is not None and actor_id in read_audience(parse_document(post.document.encode())).everyone
