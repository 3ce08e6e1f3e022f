"""Announce of an activity: how Lemmy's communities pass on what happens in them.

Whoever announces may not speak for others, so what is embedded is no more than a hint: the object is fetched from its
own server, and what that says is what happened.
"""

from dataclasses import dataclass

from activitypub.activities import Activity
from activitypub.documents import first
from activitypub.reading import usable_id
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.gathering import NOTHING, Gathered, Gatherer
from cara_fed.inbox.posts import change_post, delete_post, gather_named, keep_post, record_interaction
from cara_fed.inbox.quotes import gather_quote
from cara_fed.inbox.registry import gathering, inbox
from storage.posts import Post

FOR_EVERYONE = ("public", "unlisted")


@dataclass(frozen=True, slots=True)
class _Hint:
    """What the embedded activity is about, and what that answers."""

    object_id: str
    answered_id: str | None


@gathering.on("Announce", "Create")
async def gather_created_hint(gatherer: Gatherer, announce: Activity) -> Gathered:
    """A post of a community that is followed here; of its comments those that belong to a conversation known here."""
    hint = _read_hint(announce)
    if await gatherer.is_known(hint.object_id):
        return NOTHING
    if hint.answered_id is not None and not await gatherer.is_known(hint.answered_id):
        return NOTHING
    return await _gather(gatherer, announce, hint)


@gathering.on("Announce", "Update")
@gathering.on("Announce", "Delete")
async def gather_changed_hint(gatherer: Gatherer, announce: Activity) -> Gathered:
    """What became of a post that is here."""
    hint = _read_hint(announce)
    return await _gather(gatherer, announce, hint) if await gatherer.is_known(hint.object_id) else NOTHING


@inbox.on("Announce", "Create")
async def receive_announced_create(context: InboxContext, announce: Activity) -> None:
    """The post is kept, and passed on by the community unless it is a comment."""
    hint = _read_hint(announce)
    await _require_followed(context, announce)
    is_new = False
    if context.gathered.document is not None:
        post, document = context.read_gathered_post()
        is_new = await keep_post(context, post, document) is not None
    kept = await _find(context, hint.object_id)
    if kept.in_reply_to is None:
        is_new |= await record_interaction(context, kept, announce, "announce")
    if not is_new:
        raise NoEffect("it is here already")


@inbox.on("Announce", "Update")
async def receive_announced_update(context: InboxContext, announce: Activity) -> None:
    """The post is brought to what its own server says it is."""
    await _require_followed(context, announce)
    known = await _find(context, _read_hint(announce).object_id)
    post, document = context.read_gathered_post(known.actor_id)
    if post.object_id != known.object_id or not await change_post(context, known, post, document):
        raise NoEffect("it says nothing newer")


@inbox.on("Announce", "Delete")
async def receive_announced_delete(context: InboxContext, announce: Activity) -> None:
    """The post goes where its own server has it no more."""
    await _require_followed(context, announce)
    known = await _find(context, _read_hint(announce).object_id)
    if not context.gathered.is_gone or not await delete_post(context, known):
        raise NoEffect("the post is still there")


async def _gather(gatherer: Gatherer, announce: Activity, hint: _Hint) -> Gathered:
    if gatherer.site.is_local(hint.object_id) or not await gatherer.is_followed(announce.actor_id):
        return NOTHING
    return await gather_quote(gatherer, await gather_named(gatherer, hint.object_id))


async def _require_followed(context: InboxContext, announce: Activity) -> None:
    if not await context.records.following.find_by_actor(announce.actor_id):
        raise NoEffect("nobody here follows who announces it")


async def _find(context: InboxContext, object_id: str) -> Post:
    post = await context.records.posts.find(object_id)
    if post is None or post.deleted_at is not None or post.artist_pk is not None:
        raise NoEffect("there is no such post of another server")
    if post.visibility not in FOR_EVERYONE:
        raise NoEffect("there is no such post for everyone")
    return post


def _read_hint(announce: Activity) -> _Hint:
    """Raises NoEffect for an activity about nothing that has an id."""
    inner = announce.object_document or {}
    about = first(inner.get("object"))
    object_id = usable_id(about)
    if object_id is None:
        raise NoEffect("the announced activity is about nothing")
    return _Hint(object_id, usable_id(about.get("inReplyTo")) if isinstance(about, dict) else None)
