"""Where an artist's posts stand: in the portfolio, and in albums."""

from collections.abc import Collection, Mapping, Sequence

from quart import Blueprint
from quart.typing import ResponseReturnValue

from activitypub.identifiers import read_pk
from cara_fed.errors import InvalidInput
from cara_fed.publishing.arrange_albums import AlbumText, create_album, put_into_albums
from cara_fed.publishing.arrange_portfolio import (
    MAX_PORTFOLIO,
    SHOWN,
    add_to_portfolio,
    move_in_portfolio,
)
from cara_fed.publishing.ordering import Move, Step
from cara_fed.translate.posts import PostRows
from cara_fed.translate.views import label_of, path_of_post
from cara_fed.web.arranging_views import AlbumChoice, ArrangedPost, PlacesPage, PortfolioPage
from cara_fed.web.errors import NothingHere
from cara_fed.web.forms import FormReader
from cara_fed.web.house import house, services
from cara_fed.web.pages.posts import find_post
from cara_fed.web.parts import FollowState, FormView
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import require_artist
from cara_fed.web.uploads import read_fields
from cara_fed.web.walls import hang
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.records import Records

room = Blueprint("arranging", __name__)

OTHERS = 60
"""How many works are offered to be put in; older ones get in from their own pages."""
_NEW = "new_album"
_BOX = "album-"
_WORK = "work-"


@room.get("/portfolio")
async def show_portfolio() -> ResponseReturnValue:
    """The portfolio, to be filled and put in order."""
    return await show(await _build_portfolio(FormView()))


@room.post("/portfolio")
async def change_portfolio() -> ResponseReturnValue:
    """Move one post within the portfolio, or out of it."""
    artist, wanted = require_artist(), read_move(await read_fields())
    await move_in_portfolio(services(), artist, wanted)
    return await go(f"/portfolio{moved_at(wanted)}")


@room.post("/portfolio/add")
async def fill_portfolio() -> ResponseReturnValue:
    """Put the works that were ticked behind those that are there."""
    artist, fields = require_artist(), await read_fields()
    try:
        await add_to_portfolio(services(), artist, *read_ticked(fields))
    except InvalidInput as refusal:
        return await show_invalid(await _build_portfolio(form_again(fields, works=str(refusal))))
    return await go("/portfolio")


@room.get("/@<name>/<pk:pk>/arrange")
async def show_places(name: str, pk: int) -> ResponseReturnValue:
    """Where one post stands."""
    return await show(await _build_places(await find_own(name, pk)))


@room.post("/@<name>/<pk:pk>/arrange")
async def change_places(name: str, pk: int) -> ResponseReturnValue:
    """Put it into the portfolio and albums, or take it out."""
    rows, fields = await find_own(name, pk), await read_fields()
    try:
        await _apply(rows, fields)
    except InvalidInput as refusal:
        field = _NEW if fields.get(_NEW) else "portfolio"
        return await show_invalid(await _build_places(rows, form_again(fields, **{field: str(refusal)})))
    return await go(path_of_post(rows.artist, rows.post), _("Saved."))


def arranged(rows: PostRows) -> ArrangedPost:
    """A post as one of an order."""
    picture = house().gallery.picture(rows, rows.pictures[0]) if rows.pictures else None
    return ArrangedPost(path_of_post(rows.artist, rows.post), label_of(rows), str(rows.post.pk), picture)


def read_move(fields: Mapping[str, str]) -> Move:
    """Fields ``post`` and ``step`` of an order's buttons, and ``place`` where one was dragged. Raises InvalidInput."""
    reader = FormReader(fields)
    step = reader.choice("step", Step, Step.OUT)
    reader.finish()
    return Move(read_pk(fields.get("post", "")) or 0, step, read_pk(fields.get("place", "")) or 1)


def moved_at(wanted: Move) -> str:
    """The fragment that leads back to what was moved: whoever uses the keyboard goes on from there."""
    return "" if wanted.step is Step.OUT else f"#order-{wanted.pk}"


def read_ticked(fields: Mapping[str, str]) -> list[int]:
    """The posts whose boxes ``work-PK`` are ticked, in the order of the page."""
    names = (name.removeprefix(_WORK) for name in fields if name.startswith(_WORK))
    return [pk for name in names if (pk := read_pk(name))]


async def find_others(
    records: Records, artist: Artist, inside: Sequence[PostRows], visibilities: Collection[str] = SHOWN
) -> tuple[ArrangedPost, ...]:
    """The newest works of an artist that are not inside yet."""
    pks = [rows.post.pk for rows in inside]
    posts = await records.works.find_page(visibilities, artist_pk=artist.pk, without=pks, limit=OTHERS)
    return tuple(arranged(rows) for rows in await hang(records, posts, {artist.pk: artist}))


async def find_own(name: str, pk: int) -> PostRows:
    """The post, for its own artist; for everybody else there is nothing here."""
    require_artist()
    async with services().database.reading() as records:
        rows, sight = await find_post(records, name, pk)
    if sight.follow is not FollowState.SELF:
        raise NothingHere
    return rows


async def _build_portfolio(form: FormView) -> PortfolioPage:
    artist = require_artist()
    async with services().database.reading() as records:
        rows = await hang(records, await records.portfolio.find(artist.pk), {artist.pk: artist})
        others = await find_others(records, artist, rows)
    return PortfolioPage(tuple(arranged(one) for one in rows), MAX_PORTFOLIO, form, others)


async def _apply(rows: PostRows, fields: Mapping[str, str]) -> None:
    artist, pk = rows.artist, rows.post.pk
    if fields.get("portfolio"):
        await add_to_portfolio(services(), artist, pk)
    else:
        await move_in_portfolio(services(), artist, Move(pk, Step.OUT))
    slugs = {name.removeprefix(_BOX) for name in fields if name.startswith(_BOX)}
    if fields.get(_NEW, "").strip():
        slugs.add((await create_album(services(), artist, AlbumText(fields[_NEW]))).slug)
    await put_into_albums(services(), artist, pk, slugs)


async def _build_places(rows: PostRows, form: FormView | None = None) -> PlacesPage:
    artist, post = rows.artist, rows.post
    async with services().database.reading() as records:
        in_portfolio = await records.portfolio.holds(artist.pk, post.pk)
        albums = await records.albums.find_all(artist.pk)
        holding = await records.albums.find_with(post.pk)
    return PlacesPage(
        post=arranged(rows),
        in_portfolio=in_portfolio,
        may_be_in_portfolio=post.visibility in SHOWN,
        albums=tuple(AlbumChoice(album.slug, album.title, album.pk in holding) for album in albums if rows.pictures),
        form=form or FormView(),
    )
