"""Which of an artist's posts a viewer may have, and how they become documents."""

from collections.abc import Sequence
from typing import Final

from activitypub.activities import build_create
from activitypub.audience import Visibility
from activitypub.documents import Json
from activitypub.errors import IdUnacceptable
from activitypub.identifiers import Site
from activitypub.notes import Counts, build_note
from activitypub.origins import netloc_of
from cara_fed.endpoints.gate import Viewer
from cara_fed.services import Services
from cara_fed.translate.posts import PostRows, read_local_post, read_mentions
from storage.artists import Artist
from storage.posts import Post
from storage.records import Records

FOR_EVERYONE: Final = (Visibility.PUBLIC, Visibility.UNLISTED)


async def may_see(records: Records, viewer: Viewer, post: Post) -> bool:
    """Whether the post is for the one who asks.

    Followers-only posts are given to the servers of accepted followers, direct ones to those of the people they name:
    servers fetch with keys of their own, and show a post to its readers alone.
    """
    if post.visibility in FOR_EVERYONE:
        return True
    if viewer.netloc is None or post.artist_pk is None:
        return False
    if post.visibility == Visibility.FOLLOWERS:
        return await records.followers.has_any_at(post.artist_pk, viewer.netloc)
    return viewer.netloc in {_netloc(mention.actor_id) for mention in read_mentions(post)}


async def load_posts(records: Records, artist: Artist, posts: Sequence[Post]) -> list[tuple[PostRows, Counts]]:
    """The posts with their pictures and counts, in four queries however many they are."""
    pictures = await records.attachments.find_for_posts([post.pk for post in posts])
    interactions = await records.interactions.count([post.object_id for post in posts])
    polls = await records.polls.find_many([post.pk for post in posts])
    replies = await records.posts.count_replies([post.object_id for post in posts], FOR_EVERYONE)
    return [
        (
            PostRows(artist, post, pictures[post.pk], polls.get(post.pk)),
            Counts(
                likes=interactions.get((post.object_id, "like"), 0),
                shares=interactions.get((post.object_id, "announce"), 0),
                replies=replies.get(post.object_id, 0),
            ),
        )
        for post in posts
    ]


def write_note(services: Services, rows: PostRows, counts: Counts) -> Json:
    """The post as a Note, its pictures' addresses still without a receiver."""
    post = read_local_post(rows, services.site, services.config.opt_out.default, counts)
    return build_note(post)


def write_create(services: Services, rows: PostRows, counts: Counts) -> Json:
    """The Create of a post."""
    return build_create(write_note(services, rows, counts), activity_id=create_id(services.site, rows))


def create_id(site: Site, rows: PostRows) -> str:
    """The id of a post's Create."""
    return site.create(rows.artist.name, rows.post.pk)


def _netloc(actor_id: str) -> str | None:
    try:
        return netloc_of(actor_id)
    except IdUnacceptable:
        return None
