"""Home: what those whom an artist follows publish and pass on, newest first, and nothing in between."""

from collections.abc import Sequence
from dataclasses import replace

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from cara_fed.web.entries import find_bylines, read_entries
from cara_fed.web.house import services
from cara_fed.web.parts import Entry
from cara_fed.web.showing import show
from cara_fed.web.sifting import sift
from cara_fed.web.signed_in import require_artist
from cara_fed.web.social_views import HomePage, MessagesPage
from cara_fed.web.walls import cut, read_before
from storage.artists import Artist
from storage.records import Records
from storage.timelines import HomeEntry

LENGTH = 20

room = Blueprint("home", __name__)


@room.get("/home")
async def show_home() -> ResponseReturnValue:
    """The timeline."""
    artist, before = require_artist(), read_before()
    actor_id = services().site.actor(artist.name)
    async with services().database.reading() as records:
        found = await records.timelines.find_home(artist.pk, actor_id, before=before, limit=LENGTH + 1)
        entries = await sift(records, artist, await read_passed_on(records, artist, found[:LENGTH]))
        told = await records.house_rules.find_announcements(services().clock.now())
        follows_somebody = bool(found) or await records.following.count(artist.pk) > 0
    older_url = f"{request.path}?before={found[LENGTH - 1].pk}" if len(found) > LENGTH else None
    return await show(HomePage(entries, older_url, follows_somebody, tuple(one.content for one in told)))


@room.get("/messages")
async def show_messages() -> ResponseReturnValue:
    """Direct posts, which nobody but their parties sees."""
    artist, before = require_artist(), read_before()
    async with services().database.reading() as records:
        stretch = cut(await records.timelines.find_direct(artist.pk, before=before, limit=LENGTH + 1), LENGTH)
        entries = await read_entries(records, artist, stretch.posts)
    shown = tuple(entries[post.pk] for post in stretch.posts if post.pk in entries)
    return await show(MessagesPage(shown, stretch.older_url))


async def read_passed_on(records: Records, artist: Artist, found: Sequence[HomeEntry]) -> tuple[Entry, ...]:
    """Posts of a timeline as entries, with who passed them on."""
    entries = await read_entries(records, artist, [one.post for one in found])
    announcers = await find_bylines(records, {one.announced_by for one in found if one.announced_by})
    return tuple(
        replace(entries[one.post.pk], announced_by=announcers.get(one.announced_by or ""))
        for one in found
        if one.post.pk in entries
    )
