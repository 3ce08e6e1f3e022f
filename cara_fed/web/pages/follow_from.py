"""“Follow from your server”: a visitor names their handle and is led home, to the page where they can follow."""

from datetime import timedelta
from typing import Final

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from activitypub.identifiers import Handle
from cara_fed.accounts.limits import Limit, TooManyAttempts, require_within
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.federation.follow_pages import NoFollowPage, find_follow_page
from cara_fed.web.errors import headers_of, say_refused, status_of
from cara_fed.web.forms import FormInvalid, read_follow_from_form
from cara_fed.web.house import house, services, visitor
from cara_fed.web.pages.artists import find_artist
from cara_fed.web.parts import FormView
from cara_fed.web.showing import INVALID, form_again, show
from cara_fed.web.uploads import read_fields
from cara_fed.web.views import FollowFromPage
from storage.artists import Artist

BY_ADDRESS: Final = Limit("follow-from from", 20, timedelta(minutes=5))
# Nobody may use this site to knock at somebody else's door all day.
BY_HOME: Final = Limit("follow-from to", 60, timedelta(minutes=5))

room = Blueprint("follow_from", __name__)


@room.get("/@<name>/follow-from")
async def show_question(name: str) -> ResponseReturnValue:
    """Where are you at home?"""
    return await show(_build_page(await _find_artist(name), FormView()))


@room.post("/@<name>/follow-from")
async def lead_home(name: str) -> ResponseReturnValue:
    """Lead the visitor to their own server's page for following this artist."""
    artist, fields = await _find_artist(name), await read_fields()
    try:
        home = read_follow_from_form(fields).handle
        return redirect(await _find_page(artist, home), 303)
    except FormInvalid as invalid:
        return await show(_build_page(artist, invalid.view), status=INVALID)
    except (NoFollowPage, RefusedByBlocklist, TooManyAttempts) as refusal:
        status = status_of(refusal) if isinstance(refusal, TooManyAttempts) else INVALID
        response = await show(_build_page(artist, form_again(fields, handle=_sentence(refusal))), status=status)
        response.headers.update(headers_of(refusal))
        return response


async def _find_page(artist: Artist, home: Handle) -> str:
    site = services().site
    if home.domain == site.domain:
        return f"/login?next=/@{artist.name}"
    await require_within(services(), (BY_ADDRESS, visitor().address), (BY_HOME, home.domain))
    wanted = Handle(artist.name, site.domain)
    return await find_follow_page(services(), home, wanted, site.actor(artist.name))


async def _find_artist(name: str) -> Artist:
    async with services().database.reading() as records:
        return await find_artist(records, name)


def _build_page(artist: Artist, form: FormView) -> FollowFromPage:
    return FollowFromPage(house().gallery.byline(artist), form)


def _sentence(refusal: Exception) -> str:
    if isinstance(refusal, RefusedByBlocklist):
        return say_refused(refusal)
    return str(refusal)
