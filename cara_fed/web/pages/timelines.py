"""Timelines beside home: this house's own, what was kept, and circles of people."""

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from cara_fed.errors import NotFound
from cara_fed.publishing.seen_posts import get_seen_post
from cara_fed.web.entries import find_bylines, read_entries
from cara_fed.web.forms import FormInvalid, FormReader, read_next_path
from cara_fed.web.house import services
from cara_fed.web.pages.home import LENGTH, read_passed_on
from cara_fed.web.parts import FormView, Link
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.sifting import sift
from cara_fed.web.signed_in import require_artist
from cara_fed.web.social_views import CirclePage, CirclesPage, Member, TimelinePage
from cara_fed.web.uploads import read_fields
from cara_fed.web.walls import cut, read_before
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.bookmarks import Bookmark
from storage.circles import Circle
from storage.records import Records

MAX_CIRCLES, MAX_TITLE, SHOWN_FOLLOWED = 50, 100, 500

room = Blueprint("timelines", __name__)


@room.get("/local")
async def show_local() -> ResponseReturnValue:
    """What the artists of this house publish."""
    artist, before = require_artist(), read_before()
    async with services().database.reading() as records:
        found = await records.timelines.find_local(artist.pk, before=before, limit=LENGTH + 1)
        stretch = cut(found, LENGTH)
        entries = await read_entries(records, artist, stretch.posts)
        shown = await sift(records, artist, [entries[post.pk] for post in stretch.posts if post.pk in entries])
    return await show(TimelinePage("local", shown, stretch.older_url))


@room.get("/bookmarks")
async def show_bookmarks() -> ResponseReturnValue:
    """What was kept, the last first."""
    artist, before = require_artist(), read_before()
    async with services().database.reading() as records:
        found = await records.bookmarks.find_page(artist.pk, before=before, limit=LENGTH + 1)
        kept = found[:LENGTH]
        entries = await read_entries(records, artist, [post for _, post in kept])
    shown = tuple(entries[post.pk] for _, post in kept if post.pk in entries)
    older_url = f"/bookmarks?before={kept[-1][0]}" if len(found) > LENGTH else None
    return await show(TimelinePage("bookmarks", shown, older_url))


@room.post("/posts/<pk:pk>/<any(bookmark, unbookmark):what>")
async def keep(pk: int, what: str) -> ResponseReturnValue:
    """Keep a post, or no longer, and come back to where the button was."""
    artist, fields = require_artist(), await read_fields()
    async with services().database.unit_of_work() as records:
        if what == "unbookmark":
            await records.bookmarks.remove(artist.pk, pk)
        else:
            post = await get_seen_post(records, services().site, artist, pk)
            row = Bookmark(artist_pk=artist.pk, post_pk=post.pk, place=services().clock.new_pk())
            await records.bookmarks.add(row)
    return await go(f"{read_next_path(fields.get('back', ''))}#post-{pk}")


@room.get("/circles")
async def show_circles() -> ResponseReturnValue:
    """All of them, and room for a new one."""
    return await show(await _build_circles(require_artist(), FormView()))


@room.post("/circles")
async def make_circle() -> ResponseReturnValue:
    """A new one."""
    artist, fields = require_artist(), await read_fields()
    reader = FormReader(fields)
    title = reader.line("title", limit=MAX_TITLE, required=_("What is it called?"))
    try:
        reader.finish()
    except FormInvalid as invalid:
        return await show_invalid(await _build_circles(artist, invalid.view))
    async with services().database.unit_of_work() as records:
        is_full = await records.circles.count(artist.pk) >= MAX_CIRCLES
        circle = Circle(pk=services().clock.new_pk(), artist_pk=artist.pk, title=title)
        if not is_full:
            await records.circles.add(circle)
    if is_full:
        full = _("There is room for %(limit)s; delete one first.", limit=MAX_CIRCLES)
        return await show_invalid(await _build_circles(artist, form_again(fields, title=full)))
    return await go(f"/circles/{circle.pk}", _("Made. Choose who is in it."))


@room.get("/circles/<pk:pk>")
async def show_circle(pk: int) -> ResponseReturnValue:
    """Its timeline, and who is in it."""
    artist, before = require_artist(), read_before()
    async with services().database.reading() as records:
        circle = await _get_circle(records, artist, pk)
        own_id = services().site.actor(artist.name)
        found = await records.timelines.find_circle(artist.pk, own_id, pk, before=before, limit=LENGTH + 1)
        shown = await sift(records, artist, await read_passed_on(records, artist, found[:LENGTH]))
        members = await _read_members(records, artist, pk)
    older_url = f"/circles/{pk}?before={found[LENGTH - 1].pk}" if len(found) > LENGTH else None
    return await show(CirclePage(Link(f"/circles/{pk}", circle.title), shown, older_url, members))


@room.post("/circles/<pk:pk>")
async def change_circle(pk: int) -> ResponseReturnValue:
    """Let these be in it, of those whom the artist follows."""
    artist, chosen = require_artist(), (await request.form).getlist("member")
    async with services().database.unit_of_work() as records:
        await _get_circle(records, artist, pk)
        await records.circles.replace_members(pk, await records.following.find_ids(artist.pk, chosen))
    return await go(f"/circles/{pk}", _("Saved."))


@room.post("/circles/<pk:pk>/delete")
async def delete_circle(pk: int) -> ResponseReturnValue:
    """Delete it; everybody in it is followed as before."""
    artist = require_artist()
    async with services().database.unit_of_work() as records:
        await _get_circle(records, artist, pk)
        await records.circles.remove(artist.pk, pk)
    return await go("/circles", _("Deleted. You follow everybody as before."))


async def _get_circle(records: Records, artist: Artist, pk: int) -> Circle:
    circle = await records.circles.find(artist.pk, pk)
    if circle is None:
        raise NotFound(_("There is no such list of yours."))
    return circle


async def _read_members(records: Records, artist: Artist, pk: int) -> tuple[Member, ...]:
    """Everybody whom the artist follows, those of the circle ticked."""
    rows = await records.following.find_page(artist.pk, limit=SHOWN_FOLLOWED)
    inside = await records.circles.find_members(pk)
    people = await find_bylines(records, {row.actor_id for row in rows})
    members = (Member(people[id], id, id in inside) for id in (row.actor_id for row in rows) if id in people)
    return tuple(sorted(members, key=lambda member: member.byline.name.casefold()))


async def _build_circles(artist: Artist, form: FormView) -> CirclesPage:
    async with services().database.reading() as records:
        circles = await records.circles.find_all(artist.pk)
    return CirclesPage(tuple(Link(f"/circles/{circle.pk}", circle.title) for circle in circles), form)
