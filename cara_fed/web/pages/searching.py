"""Search: a handle or an address leads to somebody's page, or to a post, wherever they are."""

from quart import Blueprint, redirect, request
from quart.typing import ResponseReturnValue

from activitypub.documents import types_of
from activitypub.errors import ProtocolError
from activitypub.identifiers import read_handle
from activitypub.vocabulary import ACTOR_TYPES
from cara_fed.accounts.limits import SEARCH_BY_ADDRESS, require_within
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.errors import CaraFedError
from cara_fed.federation.errors import FetchError
from cara_fed.inbox.bring_in import bring_in
from cara_fed.web.house import house, services, visitor
from cara_fed.web.parts import FormView
from cara_fed.web.showing import show, show_invalid
from cara_fed.web.signed_in import require_artist
from cara_fed.web.social_views import SearchPage

room = Blueprint("searching", __name__)


class _NotFoundAnywhere(CaraFedError):
    """Nothing came of it; the message says why."""


@room.get("/search")
async def search() -> ResponseReturnValue:
    """On to whom or what was looked for; the form again where there is nobody and nothing."""
    artist = require_artist()
    query = request.args.get("q", "").strip()
    if not query:
        return await show(SearchPage())
    await require_within(services(), (SEARCH_BY_ADDRESS, visitor().address), (SEARCH_BY_ADDRESS, artist.name))
    try:
        return redirect(await _find(query), 303)
    except _NotFoundAnywhere as error:
        return await show_invalid(SearchPage(FormView({"q": query}, {"q": str(error)})))


async def _find(query: str) -> str:
    """The path of the page about what was looked for. Raises _NotFoundAnywhere."""
    try:
        if query.startswith(("https://", "http://")):
            return _find_here(query) or await _find_by_url(query)
        return await _find_by_handle(query)
    except RefusedByBlocklist as error:
        raise _NotFoundAnywhere(f"This site deals with nobody at {error.listing.key}.") from error
    except (FetchError, ProtocolError) as error:
        raise _NotFoundAnywhere(f"{query[:200]} could not be found: {str(error).rstrip('.')}.") from error


def _find_here(url: str) -> str | None:
    """The page of what is at home here, by its own address."""
    site = services().site
    if not site.is_local(url):
        return None
    if site.locate(url) is None and site.locate_page(url) is None:
        raise _NotFoundAnywhere("That is an address of this site, but not a person's or a post's.")
    return url.removeprefix(site.base)


async def _find_by_handle(query: str) -> str:
    handle = read_handle(query)
    async with services().database.reading() as records:
        if handle.domain == services().site.domain:
            artist = await records.artists.find(handle.name)
            if artist is None:
                raise _NotFoundAnywhere(f"There is nobody called {handle.name[:100]} here.")
            return f"/@{artist.name}"
    return f"/actors/{(await house().resolver.find_by_handle(handle)).pk}"


async def _find_by_url(url: str) -> str:
    document = await house().resolver.find_by_url(url)
    if ACTOR_TYPES.intersection(types_of(document)):
        return f"/actors/{(await house().resolver.keep_actor(document)).pk}"
    return f"/posts/{(await bring_in(services(), house().resolver, document)).pk}"
