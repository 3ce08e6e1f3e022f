"""Walls: rows for many posts at once, page by page, and never a query for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quart import request

from activitypub.identifiers import read_pk
from cara_fed.translate.posts import PostRows
from storage.artists import Artist
from storage.posts import Post
from storage.records import Records


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a wall, newest first; ``older_url`` leads on."""

    posts: tuple[Post, ...]
    older_url: str | None


def read_before() -> int | None:
    """Where the page asked for begins: below this pk."""
    return read_pk(request.args.get("before", ""))


def cut(posts: Sequence[Post], length: int) -> Stretch:
    """A stretch of ``length`` posts, of which one more than that were asked for."""
    kept = tuple(posts[:length])
    return Stretch(kept, f"{request.path}?before={kept[-1].pk}" if len(posts) > length else None)


async def hang(records: Records, posts: Sequence[Post], artists: Mapping[int, Artist]) -> list[PostRows]:
    """Posts with their artists and pictures, in the order given; two queries for all of them."""
    pictures = await records.attachments.find_for_posts([post.pk for post in posts])
    return [PostRows(artists[post.artist_pk or 0], post, pictures[post.pk]) for post in posts]
