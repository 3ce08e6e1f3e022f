"""One post, large, with what was answered to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from quart import Blueprint
from quart.typing import ResponseReturnValue

from activitypub.html import strip_html
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.posts import PostRows, read_credits
from cara_fed.translate.views import cover_of, label_of, path_of_post
from cara_fed.web import parts
from cara_fed.web.alternates import embeds_of
from cara_fed.web.entries import read_entries
from cara_fed.web.errors import NothingHere, TakenDown
from cara_fed.web.house import house, services
from cara_fed.web.pages.artists import DESCRIPTION, find_artist
from cara_fed.web.parts import NO_HTML, Entry
from cara_fed.web.showing import show
from cara_fed.web.sight import EVERYBODYS, Sight, look_at
from cara_fed.web.signed_in import current_artist
from cara_fed.web.threads import find_below, hang_thread
from cara_fed.web.views import Head, OpenGraph, PostPage, Series
from cara_fed.web.walls import hang
from storage.posts import Post
from storage.records import Records
from storage.works import Beside

room = Blueprint("posts", __name__)


@dataclass(frozen=True, slots=True)
class _Hung:
    """Everything that one post's page is made of."""

    rows: PostRows
    sight: Sight
    beside: Beside
    series: Series | None
    entry: Entry
    replies: tuple[Entry, ...]
    shows_making: bool


@room.get("/@<name>/<pk:pk>")
async def show_post(name: str, pk: int) -> ResponseReturnValue:
    """The post; 404 for whom it is not for, 410 where it was deleted."""
    async with services().database.reading() as records:
        rows, sight = await find_post(records, name, pk)
        hung = await _read_surroundings(records, rows, sight)
    policy = effective_opt_out(services().config.opt_out.default, rows.artist, rows.post)
    return await show(_build_view(hung), policy=policy)


async def find_post(records: Records, name: str, pk: int) -> tuple[PostRows, Sight]:
    """A post that this one who asks may see; raises NothingHere or TakenDown."""
    artist = await find_artist(records, name)
    post = await records.posts.find_by_pk(pk)
    if post is None or post.artist_pk != artist.pk:
        raise NothingHere
    sight = await look_at(records, artist, current_artist(), services().site)
    if not sight.may_see(post):
        raise NothingHere
    if post.deleted_at is not None:
        raise TakenDown
    return (await hang(records, [post], {artist.pk: artist}))[0], sight


async def _read_surroundings(records: Records, rows: PostRows, sight: Sight) -> _Hung:
    below = await find_below(records, rows.post, EVERYBODYS, _choose)
    entries = await read_entries(records, current_artist(), [rows.post, *(branch.post for branch in below)])
    beside = await records.works.find_beside(rows.post, sight.visibilities)
    # Those of the listed are not shown, and not counted.
    own, direct = entries[rows.post.pk], sum(branch.depth == 0 for branch in below)
    series = await _find_series(records, rows, sight)
    making = await records.making.count_public(rows.post.pk) > 0
    entry = replace(own, post=replace(own.post, replies=direct))
    return _Hung(rows, sight, beside, series, entry, hang_thread(below, entries), making)


async def _find_series(records: Records, rows: PostRows, sight: Sight) -> Series | None:
    """Where a work stands in its series, as far as the one who looks may see it."""
    album = await records.albums.find_series_of(rows.post.pk)
    if album is None:
        return None
    posts = await records.albums.find_posts(album.pk, sight.visibilities)
    place = next((n for n, post in enumerate(posts) if post.pk == rows.post.pk), None)
    if place is None:
        return None
    before, after = posts[place - 1] if place else None, posts[place + 1] if place + 1 < len(posts) else None
    path = f"/@{rows.artist.name}/albums/{album.slug}"
    links = [_link(rows, post) for post in (before, after)]
    return Series(parts.Link(path, album.title), place + 1, len(posts), *links)


async def _choose(posts: Sequence[Post]) -> Sequence[Post]:
    """Nothing from who is listed, whatever the policy."""
    return [post for post in posts if services().blocklist.find(post.actor_id) is None]


def _build_view(hung: _Hung) -> PostPage:
    shown, named = hung.entry.post, [one.mention.actor_id for one in read_credits(hung.rows.post)]
    # Those of the listed are named no longer, from the moment of the listing.
    left = (credit for credit, id in zip(shown.credits, named, strict=True) if services().blocklist.find(id) is None)
    return PostPage(
        head=_build_head(hung.rows),
        post=replace(shown, credits=tuple(left)),
        replies=hung.replies,
        newer=_link(hung.rows, hung.beside.newer),
        older=_link(hung.rows, hung.beside.older),
        series=hung.series,
        shows_making=hung.shows_making,
        is_own=hung.sight.follow is parts.FollowState.SELF,
        is_named=hung.sight.viewer_id in named,
        acts=hung.entry.acts,
    )


def _link(rows: PostRows, post: Post | None) -> parts.Link | None:
    """Another post of the same artist."""
    if post is None:
        return None
    return parts.Link(path_of_post(rows.artist, post), label_of(PostRows(rows.artist, post)))


def _build_head(rows: PostRows) -> Head:
    site, post, byline = services().site, rows.post, house().gallery.byline(rows.artist)
    covered = cover_of(rows) is not None
    return Head(
        canonical_url=post.url,
        activity_url=post.object_id,
        description="" if covered else " ".join(strip_html(post.content).split())[:DESCRIPTION],
        creator=byline.handle,
        alternates=embeds_of(rows, site.base, byline.name),
        open_graph=None if covered else _build_card(rows, site.base),
        license_url=post.license,
        image_objects=house().gallery.image_objects(rows) if rows.pictures else NO_HTML,
    )


def _build_card(rows: PostRows, base: str) -> OpenGraph:
    title = house().gallery.byline(rows.artist).name
    if not rows.pictures:
        return OpenGraph(title, type="article")
    picture = house().gallery.picture(rows, rows.pictures[0])
    return OpenGraph(title, base + picture.full_url, picture.alt, picture.width, picture.height, "article")
