"""Walls: rows for many posts at once, page by page, and never a query for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

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
    return Stretch(kept, _older_url(kept[-1].pk) if len(posts) > length else None)


def _older_url(pk: int) -> str:
    asked = {name: value for name, value in request.args.items() if name == "q"}
    return f"{quote(request.path, safe='/@')}?{urlencode({**asked, 'before': pk})}"


async def hang(records: Records, posts: Sequence[Post], artists: Mapping[int, Artist]) -> list[PostRows]:
    """Posts with their artists and pictures, in the order given; two queries for all of them."""
    pictures = await records.attachments.find_for_posts([post.pk for post in posts])
    return [PostRows(artists[post.artist_pk or 0], post, pictures[post.pk]) for post in posts]


async def hang_together(records: Records, posts: Sequence[Post]) -> list[PostRows]:
    """The same for posts of artists who are not at hand yet; a query more."""
    pks = sorted({post.artist_pk or 0 for post in posts})
    return await hang(records, posts, await records.artists.find_by_pks(pks))
