"""What a post said before it was edited, for whoever may see the post."""

from collections.abc import Iterator, Sequence

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from cara_fed.publishing.seen_posts import get_seen_post
from cara_fed.translate.opt_outs import effective_opt_out, said_again, stated_elsewhere
from cara_fed.translate.versions import version_row
from cara_fed.web.entries import find_bylines, path_of, remote_gallery
from cara_fed.web.errors import NothingHere
from cara_fed.web.house import house, services
from cara_fed.web.pages.posts import find_post
from cara_fed.web.showing import show
from cara_fed.web.signed_in import require_artist
from cara_fed.web.social_views import HistoryPage, Version
from storage.post_versions import PostVersion
from storage.posts import Post
from storage.records import Records

room = Blueprint("post_history", __name__)


@room.get("/@<name>/<pk:pk>/history")
async def show_own_history(name: str, pk: int) -> ResponseReturnValue:
    """Of a post of this instance; 404 and 410 as for the post."""
    async with services().database.reading() as records:
        rows, _ = await find_post(records, name, pk)
        versions = await _find_versions(records, rows.post)
    view = HistoryPage(house().gallery.byline(rows.artist), path_of(rows.post), tuple(versions))
    return await show(view, policy=effective_opt_out(services().config.opt_out.default, rows.artist, rows.post))


@room.get("/posts/<pk:pk>/history")
async def show_history(pk: int) -> ResponseReturnValue:
    """Of a post of another server, for artists who may see it."""
    artist = require_artist()
    async with services().database.reading() as records:
        post = await get_seen_post(records, services().site, artist, pk)
        if post.artist_pk is not None:
            return redirect(f"{path_of(post)}/history", 303)
        byline = (await find_bylines(records, {post.actor_id})).get(post.actor_id)
        author = await records.remote_actors.find(post.actor_id)
        versions = await _find_versions(records, post)
    if byline is None or services().blocklist.find_refusing(post.actor_id) is not None:
        raise NothingHere
    policy = said_again(services().config.opt_out.default, stated_elsewhere(author, post))
    return await show(HistoryPage(byline, path_of(post), tuple(versions)), policy=policy)


async def _find_versions(records: Records, post: Post) -> Iterator[Version]:
    """What it says now, and what it said before, the latest first."""
    pictures = (await records.attachments.find_for_posts([post.pk]))[post.pk]
    now = version_row(post, [picture.attachment for picture in pictures], post.pk)
    rows: Sequence[PostVersion] = (now, *await records.post_versions.find(post.pk))
    return (_view(row, post) for row in rows)


def _view(row: PostVersion, post: Post) -> Version:
    is_covered = row.content_warning or post.content_warning or post.sensitive
    return Version(
        at=row.made_at,
        content=remote_gallery().words(row.content, post.emoji),
        cover=row.content_warning if is_covered else None,
        alts=tuple(row.alts),
    )
