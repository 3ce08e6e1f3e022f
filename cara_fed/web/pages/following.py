"""Following from here: another artist of this site by a button, somebody elsewhere after meeting them there."""

from dataclasses import dataclass

from quart import Blueprint, redirect, request
from quart.typing import ResponseReturnValue

from activitypub.errors import ProtocolError
from activitypub.identifiers import ArtistRef
from cara_fed.accounts.limits import SEARCH_BY_ADDRESS, require_within
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.errors import InvalidInput, NotAllowed
from cara_fed.federation.errors import FetchError
from cara_fed.publishing.follow_actor import find_actor, follow_actor
from cara_fed.publishing.unfollow_actor import unfollow_actor
from cara_fed.translate.opt_outs import said_again, stated_elsewhere
from cara_fed.web.errors import NothingHere, say_refused
from cara_fed.web.house import house, services, visitor
from cara_fed.web.pages.artists import find_artist
from cara_fed.web.parts import FollowState
from cara_fed.web.showing import go, show
from cara_fed.web.signed_in import require_artist
from cara_fed.web.studio_views import AuthorizeInteractionPage
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.follows import ACCEPTED, PENDING, Following
from storage.remote_actors import RemoteActor

_STATES = {ACCEPTED: FollowState.FOLLOWING, PENDING: FollowState.PENDING}

room = Blueprint("following", __name__)


@dataclass(frozen=True, slots=True)
class _Met:
    """Somebody of another server, and the follow between them and who looks, if there is one."""

    actor: RemoteActor
    follow: Following | None


@room.post("/@<name>/follow")
async def follow(name: str) -> ResponseReturnValue:
    """Follow another artist of this site."""
    artist, wanted = require_artist(), await _find_artist(name)
    await follow_actor(services(), artist, services().site.actor(wanted.name))
    return redirect(f"/@{wanted.name}", 303)


@room.post("/@<name>/unfollow")
async def unfollow(name: str) -> ResponseReturnValue:
    """Follow them no more."""
    artist, wanted = require_artist(), await _find_artist(name)
    await unfollow_actor(services(), artist, services().site.actor(wanted.name))
    return redirect(f"/@{wanted.name}", 303)


@room.get("/authorize_interaction")
async def show_stranger() -> ResponseReturnValue:
    """Somebody met on another server, whose page led here: ``uri`` is their handle, id or address."""
    artist = require_artist()
    await require_within(services(), (SEARCH_BY_ADDRESS, visitor().address))
    actor_id = await _find_id(request.args.get("uri", "").strip())
    located = services().site.locate(actor_id)
    if isinstance(located, ArtistRef):
        return redirect(f"/@{located.name}", 303)
    met = await _meet(artist, actor_id)
    policy = said_again(services().config.opt_out.default, stated_elsewhere(met.actor))
    return await show(_build_page(met), policy=policy)


@room.post("/authorize_interaction")
async def follow_stranger() -> ResponseReturnValue:
    """Ask to follow them."""
    artist, fields = require_artist(), await read_fields()
    try:
        followed = await follow_actor(services(), artist, fields.get("actor_id", ""))
    except (FetchError, ProtocolError) as error:
        raise InvalidInput(_not_found(fields.get("actor_id", ""), error)) from error
    return await go(
        f"/authorize_interaction?uri={followed.handle}", _("You asked to follow %(handle)s.", handle=followed.handle)
    )


async def _find_id(target: str) -> str:
    if not target:
        raise NothingHere
    try:
        return (await find_actor(services(), target))[1]
    except RefusedByBlocklist as error:
        raise NotAllowed(say_refused(error)) from error
    except (FetchError, ProtocolError) as error:
        raise InvalidInput(_not_found(target, error)) from error


async def _meet(artist: Artist, actor_id: str) -> _Met:
    async with services().database.reading() as records:
        actor = await records.remote_actors.get(actor_id)
        return _Met(actor, await records.following.find(artist.pk, actor_id))


async def _find_artist(name: str) -> Artist:
    async with services().database.reading() as records:
        return await find_artist(records, name)


def _build_page(met: _Met) -> AuthorizeInteractionPage:
    state = _STATES.get(met.follow.state, FollowState.NONE) if met.follow else FollowState.NONE
    gallery, actor = house().gallery, met.actor
    return AuthorizeInteractionPage(gallery.remote_byline(actor), actor.actor_id, gallery.remote_summary(actor), state)


def _not_found(target: str, error: Exception) -> str:
    return _("%(target)s could not be found: %(reason)s.", target=target[:200], reason=str(error).rstrip("."))
