"""A post of another server on a page of ours, in its conversation."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from cara_fed.accounts.limits import Limit, TooManyAttempts, require_within
from cara_fed.inbox.conversations import bring_in_parents, find_missing_parent, prove_quote
from cara_fed.publishing.seen_posts import get_seen_post, open_eyes
from cara_fed.translate.opt_outs import said_again, stated_elsewhere
from cara_fed.web.entries import path_of, read_entries
from cara_fed.web.errors import NothingHere
from cara_fed.web.house import house, services
from cara_fed.web.showing import show
from cara_fed.web.signed_in import require_artist
from cara_fed.web.social_views import ThreadPage
from cara_fed.web.threads import find_below, hang_thread
from storage.artists import Artist
from storage.posts import Post
from storage.quotes import PENDING
from storage.records import Records

ABOVE = 20
CONVERSATIONS: Final = Limit("conversation for", 30, timedelta(minutes=5))
ANY = ("public", "unlisted", "followers", "direct")

room = Blueprint("remote_posts", __name__)


@room.get("/posts/<pk:pk>")
async def show_thread(pk: int) -> ResponseReturnValue:
    """The post with what it answers and what was answered; one of our own has its page already."""
    artist = require_artist()
    async with services().database.reading() as records:
        post = await get_seen_post(records, services().site, artist, pk)
    if post.artist_pk is not None:
        return redirect(path_of(post), 303)
    await _complete(artist, post)
    async with services().database.reading() as records:
        post = await records.posts.get(post.object_id)
        above = await find_above(records, artist, post)
        below = await find_below(records, post, ANY, partial(_choose, records, artist))
        entries = await read_entries(records, artist, [*above, post, *(branch.post for branch in below)])
        author = await records.remote_actors.find(post.actor_id)
    if pk not in entries:
        raise NothingHere
    policy = said_again(services().config.opt_out.default, stated_elsewhere(author, post))
    shown_above = tuple(entries[parent.pk] for parent in above if parent.pk in entries)
    return await show(ThreadPage(entries[pk], shown_above, hang_thread(below, entries)), policy=policy)


async def _complete(artist: Artist, post: Post) -> None:
    """Fetch what is missing above, unless this artist has made us ask for enough just now."""
    is_whole = await find_missing_parent(services(), post) is None
    if is_whole and post.quote_state != PENDING:
        return
    try:
        await require_within(services(), (CONVERSATIONS, artist.name))
    except TooManyAttempts:
        return
    await prove_quote(services(), house().resolver, post)
    await bring_in_parents(services(), house().resolver, post)


async def find_above(records: Records, artist: Artist, post: Post) -> list[Post]:
    """What a post answers, as far as it is known and for the artist's eyes, the beginning first."""
    found: list[Post] = []
    while post.in_reply_to and len(found) < ABOVE:
        parent = await records.posts.find(post.in_reply_to)
        if parent is None or parent in found or not await _choose(records, artist, [parent]):
            break
        found.append(parent)
        post = parent
    return found[::-1]


async def _choose(records: Records, artist: Artist, posts: Sequence[Post]) -> Sequence[Post]:
    eyes = await open_eyes(records, services().site, artist, posts)
    return [post for post in posts if post.deleted_at is None and eyes.may_see(post)]
