"""Somebody of another server on a page of ours: who they are, what is known of theirs, and what to do about them."""

from dataclasses import dataclass

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from cara_fed.publishing.seen_posts import FOR_EVERYONE
from cara_fed.translate.opt_outs import said_again, stated_elsewhere
from cara_fed.web.entries import find_bylines, read_entries, remote_gallery
from cara_fed.web.errors import NothingHere, TakenDown
from cara_fed.web.house import services
from cara_fed.web.parts import Entry, FollowState, Link
from cara_fed.web.showing import show
from cara_fed.web.signed_in import require_artist
from cara_fed.web.social_views import ActorPage
from cara_fed.web.walls import cut, read_before
from storage.artists import Artist
from storage.blocks import OUT
from storage.follows import ACCEPTED, PENDING
from storage.records import Records
from storage.remote_actors import RemoteActor

LENGTH = 20
_STATES = {ACCEPTED: FollowState.FOLLOWING, PENDING: FollowState.PENDING}

room = Blueprint("remote_actors", __name__)


@dataclass(frozen=True, slots=True)
class _Ties:
    """What is between the artist who looks and the actor."""

    state: FollowState
    is_blocked: bool
    is_muted: bool
    follows_back: bool


@room.get("/actors/<pk:pk>")
async def show_actor(pk: int) -> ResponseReturnValue:
    """The actor, and those of their posts that came here."""
    artist, before = require_artist(), read_before()
    async with services().database.reading() as records:
        actor = await find_actor(records, pk)
        ties = await _read_ties(records, artist, actor)
        visibilities = (*FOR_EVERYONE, "followers") if ties.state is FollowState.FOLLOWING else FOR_EVERYONE
        posts = await records.posts.find_by_actor(actor.actor_id, visibilities, before=before, limit=LENGTH + 1)
        stretch = cut(posts, LENGTH)
        entries = await read_entries(records, artist, stretch.posts)
        moved_to = await _find_new_home(records, actor)
    shown = tuple(entries[post.pk] for post in stretch.posts if post.pk in entries)
    policy = said_again(services().config.opt_out.default, stated_elsewhere(actor))
    return await show(_build(actor, ties, shown, stretch.older_url, moved_to), policy=policy)


async def find_actor(records: Records, pk: int) -> RemoteActor:
    """The actor of a page's address; raises NothingHere for strangers and listed ones, TakenDown for who is gone."""
    actor = await records.remote_actors.find_by_pk(pk)
    if actor is None or services().blocklist.find_refusing(actor.actor_id) is not None:
        raise NothingHere
    if actor.gone_at is not None:
        raise TakenDown
    return actor


async def _read_ties(records: Records, artist: Artist, actor: RemoteActor) -> _Ties:
    following = await records.following.find(artist.pk, actor.actor_id)
    follower = await records.followers.find(artist.pk, actor.actor_id)
    return _Ties(
        state=_STATES.get(following.state, FollowState.NONE) if following else FollowState.NONE,
        is_blocked=actor.actor_id in await records.blocks.find_actors(artist.pk, OUT),
        is_muted=await records.mutes.exists(artist.pk, actor.actor_id),
        follows_back=follower is not None and follower.state == ACCEPTED,
    )


async def _find_new_home(records: Records, actor: RemoteActor) -> Link | None:
    if actor.moved_to is None:
        return None
    found = (await find_bylines(records, {actor.moved_to})).get(actor.moved_to)
    return Link(found.url, found.handle) if found else Link(f"/search?q={actor.moved_to}", actor.moved_to)


def _build(
    actor: RemoteActor, ties: _Ties, entries: tuple[Entry, ...], older_url: str | None, moved_to: Link | None
) -> ActorPage:
    return ActorPage(
        byline=remote_gallery().byline(actor),
        actor_id=actor.actor_id,
        origin_url=actor.url or actor.actor_id,
        path=request.path,
        summary=remote_gallery().summary(actor),
        fields=remote_gallery().fields(actor),
        state=ties.state,
        is_blocked=ties.is_blocked,
        is_muted=ties.is_muted,
        follows_back=ties.follows_back,
        moved_to=moved_to,
        entries=entries,
        older_url=older_url,
    )
