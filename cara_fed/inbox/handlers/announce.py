"""Announce: somebody passes a post on."""

from activitypub.activities import Activity
from activitypub.vocabulary import POST_TYPES
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.gathering import NOTHING, Gathered, Gatherer
from cara_fed.inbox.notices import Kind, notify_of_post
from cara_fed.inbox.posts import gather_named, keep_post, record_interaction, require_own_post
from cara_fed.inbox.quotes import gather_quote
from cara_fed.inbox.registry import gathering, inbox
from storage.follows import HOPED_FOR
from storage.posts import Post

FOR_EVERYONE = ("public", "unlisted")


@gathering.on("Announce")
async def gather_announced(gatherer: Gatherer, announce: Activity) -> Gathered:
    """Other servers' posts, as their own servers tell them, where somebody here follows who passes them on."""
    object_id = announce.object_id
    if (
        object_id is None
        or _is_activity(announce)
        or gatherer.site.is_local(object_id)
        or await gatherer.is_known(object_id)
    ):
        return NOTHING
    if not await gatherer.is_followed(announce.actor_id):
        return NOTHING
    return await gather_quote(gatherer, await gather_named(gatherer, object_id))


@inbox.on("Announce")
async def receive_announce(context: InboxContext, announce: Activity) -> None:
    """An artist's post is passed on, or a post is passed on to those here who follow the one who does so."""
    if _is_activity(announce):
        raise NoEffect("nothing is done about announced activities of this type")
    post = await _find_announced(context, announce)
    is_new = await record_interaction(context, post, announce, "announce")
    if not await notify_of_post(context, post, Kind.ANNOUNCE, announce.actor_id) and not is_new:
        raise NoEffect("the actor has announced it already")


async def _find_announced(context: InboxContext, announce: Activity) -> Post:
    if announce.object_id is not None and context.site.is_local(announce.object_id):
        return _require_for_everyone(await require_own_post(context, announce))
    if not await context.records.following.find_by_actor(announce.actor_id, *HOPED_FOR):
        raise NoEffect("nobody here follows who announces it")
    if context.gathered.document is not None:
        post, document = context.read_gathered_post()
        await keep_post(context, post, document)
    return _require_for_everyone(await context.records.posts.find(announce.object_id or ""))


def _require_for_everyone(post: Post | None) -> Post:
    if post is None or post.deleted_at is not None or post.visibility not in FOR_EVERYONE:
        raise NoEffect("there is no such post for everyone")
    return post


def _is_activity(announce: Activity) -> bool:
    """Whether what is announced is no post but something that somebody did, as Lemmy's communities do."""
    return (
        announce.object_document is not None
        and "actor" in announce.object_document
        and not POST_TYPES.intersection(announce.object_types)
    )
