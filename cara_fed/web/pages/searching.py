"""Search: words among what is here for everybody; a handle or an address leads to somebody or a post, wherever."""

from typing import Any, Final
from urllib.parse import quote

from quart import Blueprint, redirect, request
from quart.typing import ResponseReturnValue

from activitypub.documents import types_of
from activitypub.errors import ProtocolError
from activitypub.identifiers import read_handle
from activitypub.opt_out import OptOut
from activitypub.tags import fold_hashtag, is_hashtag
from activitypub.vocabulary import ACTOR_TYPES
from cara_fed.accounts.limits import SEARCH_BY_ADDRESS, require_within
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.errors import CaraFedError
from cara_fed.federation.errors import FetchError
from cara_fed.inbox.bring_in import bring_in
from cara_fed.web.errors import say_refused
from cara_fed.web.house import house, services, visitor
from cara_fed.web.parts import FormView
from cara_fed.web.showing import show, show_invalid
from cara_fed.web.signed_in import current_artist
from cara_fed.web.social_views import SearchPage
from cara_fed.web.walls import cut, hang_together, read_before
from cara_fed.words.speech import _
from storage.searches import Shunned

MAX_QUERY, MAX_WORDS, LENGTH = 2048, 8, 40
_SCHEMES: Final = ("https://", "http://")

room = Blueprint("searching", __name__)


class _NotFoundAnywhere(CaraFedError):
    """Nothing came of it; the message says why."""


@room.get("/search")
async def search() -> ResponseReturnValue:
    """On to whom or what a handle, an address or a hashtag names; of words what is found here for everybody."""
    query = " ".join(request.args.get("q", "").split())[:MAX_QUERY]
    if not query:
        return await show(_build(""))
    await _require_within()
    if query.startswith("#") and is_hashtag(query[1:]):
        return redirect(f"/tags/{quote(fold_hashtag(query[1:]), safe='')}", 303)
    if not _is_address(query):
        return await _show_found(query)
    try:
        return redirect(await _find(query), 303)
    except _NotFoundAnywhere as error:
        return await show_invalid(_build(query, error=str(error)))


async def _require_within() -> None:
    artist = current_artist()
    named = ((SEARCH_BY_ADDRESS, artist.name),) if artist else ()
    await require_within(services(), (SEARCH_BY_ADDRESS, visitor().address), *named)


def _build(query: str, *, error: str = "", **found: Any) -> SearchPage:
    form = FormView({"q": query}, {"q": error} if error else {})
    return SearchPage(form, reaches_elsewhere=current_artist() is not None, **found)


def _is_address(query: str) -> bool:
    if query.startswith(_SCHEMES):
        return True
    try:
        read_handle(query)
    except ProtocolError:
        return False
    return True


async def _show_found(query: str) -> ResponseReturnValue:
    """Artists by their names, and posts by what stands in them."""
    words, before = [word.strip("#@") or word for word in query.split()][:MAX_WORDS], read_before()
    shunned = Shunned(OptOut.NO_AUTOMATED_USE, services().config.opt_out.default)
    async with services().database.reading() as records:
        artists = await records.searches.find_artists(words, shunned) if before is None else ()
        posts = await records.searches.find_posts(words, shunned, before=before, limit=LENGTH + 1)
        stretch = cut(posts, LENGTH)
        hung = await hang_together(records, stretch.posts)
    gallery = house().gallery
    view = _build(
        query,
        artists=tuple(gallery.byline(artist) for artist in artists),
        works=tuple(gallery.tile(rows, signed=True) for rows in hung if rows.pictures),
        posts=tuple(gallery.post(rows) for rows in hung if not rows.pictures),
        older_url=stretch.older_url,
    )
    return await show(view)


async def _find(query: str) -> str:
    """The path of the page about what was looked for. Raises _NotFoundAnywhere."""
    try:
        if query.startswith(_SCHEMES):
            return _find_here(query) or await _find_by_url(query)
        return await _find_by_handle(query)
    except RefusedByBlocklist as error:
        raise _NotFoundAnywhere(say_refused(error)) from error
    except (FetchError, ProtocolError) as error:
        raise _NotFoundAnywhere(
            _("%(query)s could not be found: %(reason)s.", query=query[:200], reason=str(error).rstrip("."))
        ) from error


def _require_one_of_us() -> None:
    """What is elsewhere is fetched for artists alone: visitors could make us ask anybody anything."""
    if current_artist() is None:
        raise _NotFoundAnywhere(
            _("That is on another server. Log in to look there, or look for it on your own server.")
        )


def _find_here(url: str) -> str | None:
    """The page of what is at home here, by its own address."""
    site = services().site
    if not site.is_local(url):
        return None
    if site.locate(url) is None and site.locate_page(url) is None:
        raise _NotFoundAnywhere(_("That is an address of this site, but not a person's or a post's."))
    return url.removeprefix(site.base)


async def _find_by_handle(query: str) -> str:
    handle = read_handle(query)
    async with services().database.reading() as records:
        if handle.domain == services().site.domain:
            artist = await records.artists.find(handle.name)
            if artist is None:
                raise _NotFoundAnywhere(_("There is nobody called %(name)s here.", name=handle.name[:100]))
            return f"/@{artist.name}"
    _require_one_of_us()
    return f"/actors/{(await house().resolver.find_by_handle(handle)).pk}"


async def _find_by_url(url: str) -> str:
    _require_one_of_us()
    document = await house().resolver.find_by_url(url)
    if ACTOR_TYPES.intersection(types_of(document)):
        return f"/actors/{(await house().resolver.keep_actor(document)).pk}"
    return f"/posts/{(await bring_in(services(), house().resolver, document)).pk}"
