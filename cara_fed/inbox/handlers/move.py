"""Move: somebody has a new home."""

from dataclasses import dataclass

from activitypub.activities import Activity, build_follow, build_undo
from cara_fed.blocklist.doors import Door
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.gathering import NOTHING, Gathered, Gatherer
from cara_fed.inbox.registry import gathering, inbox
from storage.artists import Artist
from storage.follows import PENDING, Following


@dataclass(frozen=True, slots=True)
class _NewHome:
    """Where an actor moves to, on another server or here, and which others it says it is."""

    actor_id: str
    also_known_as: tuple[str, ...]


@gathering.on("Move")
async def gather_new_home(gatherer: Gatherer, move: Activity) -> Gathered:
    """The new actor as it is now: only it can say that it is the old one."""
    if move.target_id is None or not await gatherer.is_followed(move.actor_id):
        return NOTHING
    return Gathered(author=await gatherer.actor(move.target_id, refresh=True))


@inbox.on("Move")
async def receive_move(context: InboxContext, move: Activity) -> None:
    """Artists here who follow the old actor follow the new one, where that one names the old in alsoKnownAs."""
    if move.object_id != move.actor_id:
        raise NoEffect("only an actor itself can move")
    target = await _find_new_home(context, move)
    if move.actor_id not in target.also_known_as:
        raise NoEffect("the new actor does not call itself the old one too")
    context.require_not_listed(Door.ALIAS, target.actor_id)
    await _note_move(context, move.actor_id, target.actor_id)
    for following in await context.records.following.find_by_actor(move.actor_id):
        await _follow_instead(context, following, target.actor_id)


async def _find_new_home(context: InboxContext, move: Activity) -> _NewHome:
    artist = await context.find_artist(move.target_id)
    if artist is not None:
        return _NewHome(context.site.actor(artist.name), tuple(artist.also_known_as))
    actor = context.gathered.author
    if actor is None:
        raise NoEffect("nobody here follows the actor, or it moves nowhere that we know")
    return _NewHome(actor.actor_id, tuple(actor.also_known_as))


async def _note_move(context: InboxContext, old_id: str, target_id: str) -> None:
    old = await context.records.remote_actors.find(old_id)
    if old is not None:
        old.moved_to = target_id


async def _follow_instead(context: InboxContext, following: Following, target_id: str) -> None:
    artist = await context.records.artists.get_by_pk(following.artist_pk)
    is_new = await context.records.following.find(artist.pk, target_id) is None
    if is_new and target_id != context.site.actor(artist.name):
        await _follow(context, artist, target_id)
    await _unfollow(context, artist, following)


async def _follow(context: InboxContext, artist: Artist, actor_id: str) -> None:
    follow_id = context.new_activity_id(artist)
    row = Following(
        pk=context.new_pk(),
        artist_pk=artist.pk,
        actor_id=actor_id,
        state=PENDING,
        follow_id=follow_id,
        created_at=context.now,
    )
    await context.records.following.record(row)
    own_id = context.site.actor(artist.name)
    await context.send(artist, build_follow(activity_id=follow_id, actor_id=own_id, target_id=actor_id), actor_id)


async def _unfollow(context: InboxContext, artist: Artist, following: Following) -> None:
    await context.records.following.remove(artist.pk, following.actor_id)
    own_id = context.site.actor(artist.name)
    follow = build_follow(activity_id=following.follow_id, actor_id=own_id, target_id=following.actor_id)
    undo = build_undo(follow, activity_id=context.new_activity_id(artist))
    await context.send(artist, undo, following.actor_id)
