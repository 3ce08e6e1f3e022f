"""Notifications: which activities an artist is told of. They are rows of the transaction that handles the activity."""

from enum import StrEnum

from activitypub.activities import Activity
from activitypub.audience import read_audience
from activitypub.documents import parse_document
from activitypub.quotes import QuotePolicy
from cara_fed.clock import Clock
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.translate.posts import read_mentions, read_quote_policy
from storage.artists import Artist
from storage.notifications import Notification
from storage.posts import Post
from storage.quotes import PENDING
from storage.records import Records
from storage.reports import Report

FOR_MODERATORS = ("moderator", "admin")


class Kind(StrEnum):
    """What somebody did. An interaction's kind is its notification's, too."""

    FOLLOW = "follow"
    FOLLOW_REQUEST = "follow_request"
    MENTION = "mention"
    REPLY = "reply"
    LIKE = "like"
    ANNOUNCE = "announce"
    EDIT = "edit"
    EMOJI = "emoji"
    POLL = "poll"
    QUOTE = "quote"
    QUOTE_REQUEST = "quote_request"
    REPORT = "report"
    ALT_PROPOSAL = "alt_proposal"


async def notify(context: InboxContext, artist: Artist, kind: Kind, actor_id: str, object_id: str = "") -> bool:
    """Tell an artist; False where they were told before, or do not want to hear of this actor."""
    records = context.records
    if await records.mutes.exists(artist.pk, actor_id) or await records.blocks.exists_between(artist.pk, actor_id):
        return False
    return await records.notifications.add(make_notification(context.clock, artist, kind, actor_id, object_id))


async def notify_of_post(
    context: InboxContext, post: Post, kind: Kind, actor_id: str, *, about: Post | None = None
) -> bool:
    """Tell the artist of a post what somebody did with it, by a post of their own where `about` names one.

    False for a post of another server.
    """
    if post.artist_pk is None or post.actor_id == actor_id:
        return False
    artist = await context.records.artists.get_by_pk(post.artist_pk)
    return await notify(context, artist, kind, actor_id, (about or post).object_id)


async def notify_of_new_post(context: InboxContext, post: Post) -> bool:
    """Tell whom a post answers, everybody else whom it names, and whom it quotes; whether that was anybody."""
    parent = await context.records.posts.find(post.in_reply_to) if post.in_reply_to else None
    answered = parent.artist_pk if parent is not None else None
    told = parent is not None and await _notify_answered(context, parent, post)
    for actor_id in _find_named(post):
        artist = await context.find_artist(actor_id)
        if artist is not None and artist.pk != answered and actor_id != post.actor_id:
            told |= await notify(context, artist, Kind.MENTION, post.actor_id, post.object_id)
    return told | await _notify_quoted(context, post)


async def notify_of_own_post(context: InboxContext, create: Activity) -> Post:
    """Artists of this instance are named in each other's posts, which are here already; the post."""
    post = await context.records.posts.find(create.object_id or "")
    if post is None or post.deleted_at is not None or not await notify_of_new_post(context, post):
        raise NoEffect("the post of an artist here concerns nobody else here")
    return post


async def notify_of_edit(context: InboxContext, post: Post) -> None:
    """Tell artists who passed a post on that it says something else now."""
    await context.records.notifications.take_back(Kind.EDIT, post.actor_id, post.object_id)
    for row in await context.records.interactions.find_page(post.object_id, "announce"):
        artist = await context.find_artist(row.actor_id)
        if artist is not None:
            await notify(context, artist, Kind.EDIT, post.actor_id, post.object_id)


async def notify_moderators(records: Records, clock: Clock, report: Report) -> None:
    """Tell everybody who looks after this instance of a report; it is named by its key."""
    for artist in await records.artists.find_all():
        if artist.role in FOR_MODERATORS:
            row = make_notification(clock, artist, Kind.REPORT, report.reporter_actor_id, str(report.pk))
            await records.notifications.add(row)


async def _notify_answered(context: InboxContext, parent: Post, post: Post) -> bool:
    """Tell the artist who is answered: a reply may name nobody at all."""
    if parent.artist_pk is None or parent.actor_id == post.actor_id:
        return False
    artist = await context.records.artists.get_by_pk(parent.artist_pk)
    return await notify(context, artist, Kind.REPLY, post.actor_id, post.object_id)


async def _notify_quoted(context: InboxContext, post: Post) -> bool:
    """Tell the artist who is quoted. One who is to be asked first is told when that happens; Misskey never asks."""
    quoted = await context.records.posts.find(post.quote_id) if post.quote_id else None
    if quoted is None or post.artist_pk is not None:
        return False
    waits = post.quote_state == PENDING and read_quote_policy(quoted) is QuotePolicy.ASK
    return await notify_of_post(context, quoted, Kind.QUOTE_REQUEST if waits else Kind.QUOTE, post.actor_id, about=post)


def _find_named(post: Post) -> tuple[str, ...]:
    """Whom a post names; a direct one also concerns those it was sent to without naming them, as Misskey does."""
    named = [mention.actor_id for mention in read_mentions(post)]
    if post.visibility == "direct" and post.document is not None:
        named.extend(read_audience(parse_document(post.document.encode())).everyone)
    return tuple(dict.fromkeys(named))


def make_notification(clock: Clock, artist: Artist, kind: Kind, actor_id: str, object_id: str) -> Notification:
    """A row that tells an artist what somebody did."""
    return Notification(
        pk=clock.new_pk(),
        artist_pk=artist.pk,
        kind=kind,
        actor_id=actor_id,
        object_id=object_id,
        created_at=clock.now(),
    )
