"""An artist's wall: portfolio, posts, and who they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from quart import Blueprint, redirect, request
from quart.typing import ResponseReturnValue

from activitypub.html import strip_html
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.posts import PostRows
from cara_fed.web import parts
from cara_fed.web.alternates import feeds_of
from cara_fed.web.entries import read_entries
from cara_fed.web.errors import NothingHere, TakenDown
from cara_fed.web.house import house, services
from cara_fed.web.parts import Byline, FormView
from cara_fed.web.showing import show
from cara_fed.web.sight import EVERYBODYS, Sight, look_at
from cara_fed.web.signed_in import current_artist
from cara_fed.web.views import Head, OpenGraph, ProfilePage
from cara_fed.web.walls import cut, hang, hang_together, read_before
from storage.artists import Artist
from storage.posts import Post
from storage.records import Records
from storage.works import PostCounts

WORKS, POSTS = 60, 20
DESCRIPTION = 200

Tab = Literal["portfolio", "posts", "with", "about"]

room = Blueprint("artists", __name__)


@dataclass(frozen=True, slots=True)
class _Profile:
    """The rows of one tab."""

    artist: Artist
    sight: Sight
    counts: PostCounts
    hung: tuple[PostRows, ...] = ()
    posts: tuple[parts.Post, ...] = ()
    older_url: str | None = None
    followers: int = 0
    following: int = 0
    moved_to: Byline | None = None
    verified: Collection[str] = ()


@room.get("/@<name>")
async def show_portfolio(name: str) -> ResponseReturnValue:
    """Works alone, as on a wall."""
    return await show_profile(name, "portfolio")


@room.get("/@<name>/posts")
async def show_posts(name: str) -> ResponseReturnValue:
    """Everything, words included, newest first."""
    return await show_profile(name, "posts")


@room.get("/@<name>/with")
async def show_shared(name: str) -> ResponseReturnValue:
    """Works of others that the artist had a hand in."""
    return await show_profile(name, "with")


@room.get("/@<name>/about")
async def show_about(name: str) -> ResponseReturnValue:
    """Who the artist is."""
    return await show_profile(name, "about")


async def show_profile(name: str, tab: Tab, form: FormView | None = None, status: int = 200) -> ResponseReturnValue:
    """One tab of an artist's profile; with ``form``, what is wrong with "follow from your server"."""
    before = read_before()
    async with services().database.reading() as records:
        artist = await find_artist(records, name)
        if artist.name != name and request.method == "GET":
            return redirect(request.full_path.rstrip("?").replace(f"/@{name}", f"/@{artist.name}", 1), 301)
        profile = await _read_profile(records, artist, tab, before)
    policy = effective_opt_out(services().config.opt_out.default, artist)
    return await show(_build_view(profile, tab, form or FormView()), status=status, policy=policy)


async def find_artist(records: Records, name: str) -> Artist:
    """The artist of a page's address; raises NothingHere, or TakenDown for who is gone."""
    artist = await records.artists.find_even_deleted(name)
    if artist is None:
        raise NothingHere
    if artist.deleted_at is not None:
        raise TakenDown
    return artist


async def _read_profile(records: Records, artist: Artist, tab: Tab, before: int | None) -> _Profile:
    sight = await look_at(records, artist, current_artist(), services().site)
    counts = await records.works.count(artist.pk, sight.visibilities)
    moved_to = await _find_new_home(records, artist)
    verified = await records.profile_links.find_verified(artist.pk) if artist.fields else ()
    if tab == "about":
        followers, following = await records.followers.count(artist.pk), await records.following.count(artist.pk)
        return _Profile(
            artist, sight, counts, followers=followers, following=following, moved_to=moved_to, verified=verified
        )
    length = POSTS if tab == "posts" else WORKS
    found = await _find_posts(records, artist, sight, tab, before, length + 1, counts)
    stretch = cut(found, length)
    profile = _Profile(artist, sight, counts, older_url=stretch.older_url, moved_to=moved_to, verified=verified)
    if tab != "posts":
        is_alone = all(post.artist_pk == artist.pk for post in stretch.posts)
        hung = await (
            hang(records, stretch.posts, {artist.pk: artist}) if is_alone else hang_together(records, stretch.posts)
        )
        return replace(profile, hung=tuple(hung))
    entries = await read_entries(records, current_artist(), stretch.posts, author=artist)
    return replace(profile, posts=tuple(entries[post.pk].post for post in stretch.posts if post.pk in entries))


async def _find_posts(
    records: Records, artist: Artist, sight: Sight, tab: Tab, before: int | None, limit: int, counts: PostCounts
) -> Sequence[Post]:
    works, pk = records.works, artist.pk
    if tab == "with":
        return await works.find_shared(pk, EVERYBODYS, before=before, limit=limit)
    if tab == "portfolio":
        find = works.find_arranged if counts.chosen else works.find_page
        return await find(sight.visibilities, artist_pk=pk, hung=counts.shared > 0, before=before, limit=limit)
    actor_id = services().site.actor(artist.name)
    return await records.posts.find_by_actor(actor_id, sight.visibilities, before=before, limit=limit)


async def _find_new_home(records: Records, artist: Artist) -> Byline | None:
    if artist.moved_to is None:
        return None
    actor = await records.remote_actors.find(artist.moved_to)
    return house().gallery.remote_byline(actor) if actor else Byline(artist.moved_to, artist.moved_to)


def _build_view(profile: _Profile, tab: Tab, form: FormView) -> ProfilePage:
    artist, gallery = profile.artist, house().gallery
    return ProfilePage(
        head=_build_head(artist),
        byline=gallery.byline(artist),
        joined_at=artist.created_at,
        opt_out=gallery.profile_opt_out(artist),
        tab=tab,
        summary=gallery.profile_summary(artist),
        fields=gallery.profile_fields(artist, profile.verified),
        banner=gallery.banner(artist),
        works=tuple(gallery.tile(rows, signed=rows.artist.pk != artist.pk) for rows in profile.hung),
        posts=profile.posts,
        work_count=profile.counts.works,
        post_count=profile.counts.posts,
        album_count=profile.counts.albums,
        shared_count=profile.counts.shared,
        follower_count=profile.followers,
        following_count=profile.following,
        older_url=profile.older_url,
        follow=profile.sight.follow,
        moved_to=profile.moved_to,
        commissions=artist.commissions,  # type: ignore[arg-type]
        has_price_sheet=bool(artist.price_sheet),
        price_sheet=gallery.price_sheet(artist) if tab == "about" else parts.NO_HTML,
        form=form,
    )


def _build_head(artist: Artist) -> Head:
    site, byline = services().site, house().gallery.byline(artist)
    image = site.base + byline.avatar_url if byline.avatar_url else None
    return Head(
        canonical_url=site.profile_page(artist.name),
        activity_url=site.actor(artist.name),
        description=" ".join(strip_html(house().gallery.profile_summary(artist)).split())[:DESCRIPTION],
        creator=byline.handle,
        open_graph=OpenGraph(f"{byline.name} ({byline.handle})", image, type="profile"),
        alternates=feeds_of(site.profile_page(artist.name), byline.name),
    )
