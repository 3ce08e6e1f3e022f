"""Albums: an artist's list of them, each on a page, and the page on which it is arranged."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from quart import Blueprint
from quart.typing import ResponseReturnValue

from activitypub.html import strip_html
from cara_fed.errors import InvalidInput
from cara_fed.publishing.arrange_albums import (
    MAX_SUMMARY,
    MAX_TITLE,
    AlbumText,
    add_to_album,
    create_album,
    delete_album,
    edit_album,
    move_in_album,
)
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.posts import PostRows
from cara_fed.translate.views import album_summary
from cara_fed.web.alternates import feeds_of
from cara_fed.web.arranging_views import AlbumEditPage, AlbumEntry, AlbumPage, AlbumsPage
from cara_fed.web.errors import NothingHere, TakenDown
from cara_fed.web.forms import FormInvalid, FormReader
from cara_fed.web.house import house, services
from cara_fed.web.pages.arranging import arranged, find_others, moved_at, read_move, read_ticked
from cara_fed.web.pages.artists import DESCRIPTION, find_artist
from cara_fed.web.parts import FollowState, FormView, Tile
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.sight import Sight, look_at
from cara_fed.web.signed_in import current_artist, require_artist
from cara_fed.web.uploads import read_fields
from cara_fed.web.views import Head, OpenGraph
from cara_fed.web.walls import hang
from cara_fed.words.speech import _
from storage.albums import Album
from storage.artists import Artist
from storage.records import Records

room = Blueprint("albums", __name__)


@dataclass(frozen=True, slots=True)
class _Found:
    """An album as the one who looks may see it."""

    artist: Artist
    album: Album
    sight: Sight
    hung: tuple[PostRows, ...]

    @property
    def path(self) -> str:
        return path_of_album(self.artist, self.album)


@room.get("/@<name>/albums")
async def show_albums(name: str) -> ResponseReturnValue:
    """All of an artist's albums."""
    return await _show_albums(name, FormView())


@room.post("/@<name>/albums")
async def make_album(name: str) -> ResponseReturnValue:
    """A new one."""
    artist, fields = require_artist(), await read_fields()
    if artist.name != name:
        raise NothingHere
    try:
        album = await create_album(services(), artist, _read_text(fields))
    except FormInvalid as invalid:
        return await _show_albums(name, invalid.view)
    except InvalidInput as refusal:
        return await _show_albums(name, form_again(fields, title=str(refusal)))
    return await go(f"{path_of_album(artist, album)}/edit", _("Made. Choose the works that are to be in it."))


@room.get("/@<name>/albums/<slug>")
async def show_album(name: str, slug: str) -> ResponseReturnValue:
    """One album; 410 where it was deleted."""
    async with services().database.reading() as records:
        found = await _find(records, name, slug)
    policy = effective_opt_out(services().config.opt_out.default, found.artist)
    return await show(_build_album(found), policy=policy)


@room.get("/@<name>/albums/<slug>/edit")
async def show_edit(name: str, slug: str) -> ResponseReturnValue:
    """The album as a form."""
    found = await _find_own(name, slug)
    return await show(await _build_edit(found, FormView(_text_of(found.album))))


@room.post("/@<name>/albums/<slug>/edit")
async def edit(name: str, slug: str) -> ResponseReturnValue:
    """Call it otherwise."""
    found, fields = await _find_own(name, slug), await read_fields()
    try:
        await edit_album(services(), found.artist, slug, _read_text(fields))
    except FormInvalid as invalid:
        return await show_invalid(await _build_edit(found, invalid.view))
    return await go(found.path, _("Saved."))


@room.post("/@<name>/albums/<slug>/order")
async def order(name: str, slug: str) -> ResponseReturnValue:
    """Move one work within it, or out of it."""
    found, wanted = await _find_own(name, slug), read_move(await read_fields())
    await move_in_album(services(), found.artist, slug, wanted)
    return await go(f"{found.path}/edit{moved_at(wanted)}")


@room.post("/@<name>/albums/<slug>/add")
async def fill(name: str, slug: str) -> ResponseReturnValue:
    """Put the works that were ticked behind those that are there."""
    found, fields = await _find_own(name, slug), await read_fields()
    try:
        await add_to_album(services(), found.artist, slug, read_ticked(fields))
    except InvalidInput as refusal:
        return await show_invalid(await _build_edit(found, form_again(_text_of(found.album), works=str(refusal))))
    return await go(f"{found.path}/edit")


@room.post("/@<name>/albums/<slug>/delete")
async def delete(name: str, slug: str) -> ResponseReturnValue:
    """Delete the album; the works stay."""
    found = await _find_own(name, slug)
    await delete_album(services(), found.artist, slug)
    return await go(f"/@{found.artist.name}/albums", _("Deleted. The works in it are where they were."))


def path_of_album(artist: Artist, album: Album) -> str:
    """Where an album's page is, on this site."""
    return f"/@{artist.name}/albums/{album.slug}"


def _text_of(album: Album) -> dict[str, str]:
    ticked = {"is_series": "1"} if album.is_series else {}
    return {"title": album.title, "summary": album.summary, **ticked}


def _read_text(fields: Mapping[str, str]) -> AlbumText:
    reader = FormReader(fields)
    title = reader.line("title", limit=MAX_TITLE, required=_("What is the album called?"))
    text = AlbumText(title, reader.text("summary", limit=MAX_SUMMARY), reader.flag("is_series"))
    reader.finish()
    return text


async def _find(records: Records, name: str, slug: str) -> _Found:
    artist = await find_artist(records, name)
    album = await records.albums.find(artist.pk, slug)
    if album is None:
        raise NothingHere
    if album.deleted_at is not None:
        raise TakenDown
    sight = await look_at(records, artist, current_artist(), services().site)
    posts = await records.albums.find_posts(album.pk, sight.visibilities)
    return _Found(artist, album, sight, tuple(await hang(records, posts, {artist.pk: artist})))


async def _find_own(name: str, slug: str) -> _Found:
    require_artist()
    async with services().database.reading() as records:
        found = await _find(records, name, slug)
    if found.sight.follow is not FollowState.SELF:
        raise NothingHere
    return found


async def _show_albums(name: str, form: FormView) -> ResponseReturnValue:
    async with services().database.reading() as records:
        artist = await find_artist(records, name)
        sight = await look_at(records, artist, current_artist(), services().site)
        entries = await _read_entries(records, artist, sight)
    is_own = sight.follow is FollowState.SELF
    view = AlbumsPage(_build_head(artist, "/albums"), house().gallery.byline(artist), entries, is_own, form)
    policy = effective_opt_out(services().config.opt_out.default, artist)
    return await show(view, policy=policy, status=422 if form.errors else 200)


async def _read_entries(records: Records, artist: Artist, sight: Sight) -> tuple[AlbumEntry, ...]:
    albums = await records.albums.find_all(artist.pk)
    covers = await records.albums.find_covers([album.pk for album in albums], sight.visibilities)
    hung = {rows.post.pk: rows for rows in await hang(records, list(covers.values()), {artist.pk: artist})}
    entries = []
    for album in albums:
        path, posts = path_of_album(artist, album), await records.albums.count_posts(album.pk, sight.visibilities)
        rows = hung[covers[album.pk].pk] if album.pk in covers else None
        cover = _build_cover(rows, path, album.title) if rows and rows.pictures else None
        entries.append(AlbumEntry(path, album.title, posts, cover))
    return tuple(entries)


def _build_cover(rows: PostRows, path: str, title: str) -> Tile:
    return replace(house().gallery.tile(rows), url=path, label=title, more=0)


def _build_album(found: _Found) -> AlbumPage:
    gallery = house().gallery
    summary = album_summary(found.album, services().site)
    head = _build_head(found.artist, f"/albums/{found.album.slug}", found.album.title, strip_html(summary))
    return AlbumPage(
        head=head,
        byline=gallery.byline(found.artist),
        title=found.album.title,
        summary=summary,
        works=tuple(gallery.tile(rows) for rows in found.hung if rows.pictures),
        is_own=found.sight.follow is FollowState.SELF,
    )


async def _build_edit(found: _Found, form: FormView) -> AlbumEditPage:
    async with services().database.reading() as records:
        others = await find_others(records, found.artist, found.hung, found.sight.visibilities)
    posts = tuple(arranged(rows) for rows in found.hung)
    return AlbumEditPage(found.path, found.album.title, posts, form, others)


def _build_head(artist: Artist, below: str, title: str = "", description: str = "") -> Head:
    """What machines are told; of one album also where its document is."""
    site, byline = services().site, house().gallery.byline(artist)
    return Head(
        canonical_url=site.profile_page(artist.name) + below,
        activity_url=site.actor(artist.name) + below if title else None,
        description=" ".join(description.split())[:DESCRIPTION],
        creator=byline.handle,
        open_graph=OpenGraph(title or f"{byline.name} ({byline.handle})"),
        alternates=feeds_of(site.profile_page(artist.name) + below, title) if title else (),
    )
