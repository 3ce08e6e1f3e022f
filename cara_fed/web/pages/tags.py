"""The page of a hashtag: what this instance's artists published under it for everybody."""

from collections.abc import Sequence
from urllib.parse import quote

from quart import Blueprint, redirect, request
from quart.typing import ResponseReturnValue

from activitypub.tags import fold_hashtag, is_hashtag
from cara_fed.translate.posts import PostRows, tag_page
from cara_fed.web.alternates import feeds_of
from cara_fed.web.errors import NothingHere
from cara_fed.web.house import house, services
from cara_fed.web.showing import show
from cara_fed.web.views import Head, OpenGraph, TagPage
from cara_fed.web.walls import cut, hang_together, read_before

LENGTH = 40

room = Blueprint("tags", __name__)


@room.get("/tags/<name>")
async def show_tag(name: str) -> ResponseReturnValue:
    """The tag, in whichever case it was written; 404 for what can be none."""
    if not is_hashtag(name):
        raise NothingHere
    key = fold_hashtag(name)
    if name != key:
        query = request.query_string.decode()
        return redirect(f"/tags/{quote(key, safe='')}{'?' if query else ''}{query}", 301)
    async with services().database.reading() as records:
        posts = await records.posts.find_by_tag(key, before=read_before(), limit=LENGTH + 1)
        stretch = cut(posts, LENGTH)
        hung = await hang_together(records, stretch.posts)
    return await show(_build(key, hung, stretch.older_url))


def _build(key: str, hung: Sequence[PostRows], older_url: str | None) -> TagPage:
    site, gallery, name = services().site, house().gallery, _as_written(key, hung)
    page_url = tag_page(site, key)
    return TagPage(
        head=Head(page_url, open_graph=OpenGraph(f"#{name}"), alternates=feeds_of(page_url, f"#{name}")),
        name=name,
        works=tuple(gallery.tile(rows, signed=True) for rows in hung if rows.pictures),
        posts=tuple(gallery.post(rows) for rows in hung if not rows.pictures),
        older_url=older_url,
    )


def _as_written(key: str, hung: Sequence[PostRows]) -> str:
    """The tag as its newest post writes it."""
    names = (name for rows in hung for name in rows.post.hashtags if fold_hashtag(name) == key)
    return next(names, key)
