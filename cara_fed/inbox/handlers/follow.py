"""Follow: somebody wants an artist's posts."""

from collections.abc import Callable

from activitypub.activities import Activity, build_accept, build_reject
from activitypub.documents import Json
from cara_fed.blocklist.company import note_company
from cara_fed.blocklist.doors import Door
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.gathering import NOTHING, Gathered, Gatherer
from cara_fed.inbox.notices import Kind, notify
from cara_fed.inbox.registry import gathering, inbox
from storage.artists import Artist
from storage.follows import ACCEPTED, PENDING, SUSPENDED, Follower


@gathering.on("Follow")
async def gather_follower(gatherer: Gatherer, follow: Activity) -> Gathered:
    """The answer needs the follower's inbox."""
    await gatherer.actor(follow.actor_id)
    return NOTHING


@inbox.on("Follow")
async def receive_follow(context: InboxContext, follow: Activity) -> None:
    """The artist is followed: at once, or once she approves. A Follow that comes again is answered again."""
    artist = await context.get_artist(follow.object_id)
    if follow.actor_id == context.site.actor(artist.name):
        raise NoEffect("nobody follows themselves")
    context.require_not_listed(Door.FOLLOW, follow.actor_id, *await _find_addresses(context, follow.actor_id))
    if await context.is_blocked(artist, follow.actor_id):
        await _answer(context, artist, follow, build_reject)
        return
    state = await _next_state(context, artist, follow.actor_id)
    await _record(context, artist, follow, state)
    await notify(context, artist, Kind.FOLLOW if state == ACCEPTED else Kind.FOLLOW_REQUEST, follow.actor_id)
    if state == ACCEPTED:
        await _answer(context, artist, follow, build_accept)
        await note_company(context.records, context.fan_out.blocklist, artist.pk, follow.actor_id)


async def _find_addresses(context: InboxContext, actor_id: str) -> tuple[str, ...]:
    """Where the follower wants to be sent to, which may lie on another host than the follower."""
    follower = await context.records.remote_actors.find(actor_id)
    return tuple(address for address in (follower.inbox, follower.shared_inbox) if address) if follower else ()


async def _next_state(context: InboxContext, artist: Artist, actor_id: str) -> str:
    known = await context.records.followers.find(artist.pk, actor_id)
    if known is not None and known.state in (ACCEPTED, SUSPENDED):
        return ACCEPTED
    return PENDING if artist.manually_approves else ACCEPTED


async def _record(context: InboxContext, artist: Artist, follow: Activity, state: str) -> None:
    row = Follower(
        pk=context.new_pk(),
        artist_pk=artist.pk,
        actor_id=follow.actor_id,
        state=state,
        follow_id=follow.activity_id,
        created_at=context.now,
    )
    await context.records.followers.record(row)


async def _answer(context: InboxContext, artist: Artist, follow: Activity, build: Callable[..., Json]) -> None:
    answer = build(
        activity_id=context.new_activity_id(artist),
        actor_id=context.site.actor(artist.name),
        follow_id=follow.activity_id,
        follower_id=follow.actor_id,
    )
    await context.send(artist, answer, follow.actor_id)
