"""Other people's posts: where they are had from, whom here they concern, and how they are kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from secrets import randbits
from typing import Final

from activitypub.activities import Activity
from activitypub.documents import Json, types_of
from activitypub.errors import DocumentMalformed
from activitypub.identifiers import make_pk
from activitypub.notes import RemotePost, read_post
from activitypub.origins import require_same_origin
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.gathering import NOTHING, Gathered, Gatherer
from cara_fed.inbox.polls import settle_poll
from cara_fed.inbox.quotes import settle_quote
from cara_fed.translate.remote import attachment_rows, post_row
from cara_fed.translate.versions import says_otherwise, version_row
from storage.attachments import Attachment
from storage.blocks import OUT
from storage.errors import AlreadyExists
from storage.follows import HOPED_FOR
from storage.interactions import Interaction
from storage.posts import Post

ON_TIME: Final = timedelta(days=1)
OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)

_EDITABLE = (
    "url", "content", "content_warning", "sensitive", "language", "opt_out", "mentions", "emoji",
    "document",
)  # fmt: skip


async def gather_object(gatherer: Gatherer, activity: Activity) -> Gathered:
    """The object of its author's own activity: as sent with it, or, where only named, as the author's server tells."""
    if activity.object_id is None:
        raise DocumentMalformed("the activity has no object")
    if gatherer.site.is_local(activity.object_id):
        return NOTHING
    sent = activity.object_document
    found = Gathered(sent) if _is_whole(sent) else await gatherer.fetch(activity.object_id)
    return replace(found, author=await gatherer.actor(activity.actor_id))


async def gather_named(gatherer: Gatherer, object_id: str) -> Gathered:
    """Somebody's post and its author, as their server tells it."""
    found = await gatherer.fetch(object_id)
    if found.document is None:
        return found
    post = read_post(found.document)
    require_same_origin(post.object_id, post.actor_id)
    return replace(found, author=await gatherer.actor(post.actor_id))


async def require_own_post(context: InboxContext, activity: Activity) -> Post:
    """The artist's living post that the activity is about. Raises NoEffect where there is none, or she blocks them."""
    post = await context.records.posts.find(activity.object_id or "")
    if post is None or post.artist_pk is None or post.deleted_at is not None:
        raise NoEffect("there is no such post here")
    if await context.records.blocks.exists(post.artist_pk, activity.actor_id, OUT):
        raise NoEffect("the artist blocks the actor")
    return post


async def record_interaction(context: InboxContext, post: Post, activity: Activity, kind: str) -> bool:
    """Write down what the actor did with a post; False where the same was written down before."""
    row = Interaction(
        pk=context.new_pk(),
        kind=kind,
        actor_id=activity.actor_id,
        object_id=post.object_id,
        activity_id=activity.activity_id,
        created_at=context.now,
    )
    return await context.records.interactions.add(row)


async def require_concerned(context: InboxContext, post: RemotePost) -> None:
    """Raise NoEffect unless an artist who does not block the author follows them or whom they answer, or is answered,
    quoted or named."""
    artist_pks = await context.records.following.find_artists_of(post.actor_id, *HOPED_FOR)
    parent = await context.records.posts.find(post.in_reply_to) if post.in_reply_to else None
    if parent is not None and parent.artist_pk is not None:
        artist_pks.add(parent.artist_pk)
    elif parent is not None:  # an answer to somebody followed, who passed it on
        artist_pks.update(await context.records.following.find_artists_of(parent.actor_id))
    quoted = await context.records.posts.find(post.quote_id) if post.quote_id else None
    if quoted is not None and quoted.artist_pk is not None:
        artist_pks.add(quoted.artist_pk)
    named = {*post.audience.everyone, *(mention.actor_id for mention in post.tags.mentions)}
    artists = [await context.find_artist(actor_id) for actor_id in sorted(named)]
    artist_pks.update(artist.pk for artist in artists if artist is not None)
    for artist_pk in sorted(artist_pks):
        if not await context.records.blocks.exists(artist_pk, post.actor_id, OUT):
            return
    raise NoEffect("the post concerns nobody here")


async def keep_post(context: InboxContext, post: RemotePost, document: Json) -> Post | None:
    """Keep a new post with all that is its own; its row, or None where it is here, or was deleted, or is a vote."""
    if post.is_vote:
        return None
    row = _row(context, post, document)
    try:
        await context.records.posts.add(row)
    except AlreadyExists:
        return None
    await _attach(context, post, row.pk)
    await settle_post(context, row, post)
    return row


async def change_post(context: InboxContext, known: Post, post: RemotePost, document: Json) -> bool:
    """Bring a post to its author's newer version, with who may see it as before; False for an older one.

    The count of a poll and the permission of a quote change without an edit; then `updated` stays what it was.
    """
    if known.updated_at is not None and post.updated is not None and post.updated < known.updated_at:
        return False
    row = _row(context, post, document)
    before = version_row(known, await _find_attachments(context, known), context.new_pk())
    attachments = attachment_rows(post, known.pk, context.new_pk, context.now)
    is_edited = says_otherwise(before, row, attachments) or known.sensitive != row.sensitive
    if known.updated_at is not None and post.updated is None and is_edited:
        return False
    if says_otherwise(before, row, attachments):
        await context.records.post_versions.add(before)
    for column in _EDITABLE:
        setattr(known, column, getattr(row, column))
    known.updated_at = post.updated or (context.now if is_edited else known.updated_at)
    await context.records.posts.replace_hashtags(known, row.hashtags)
    await _detach(context, known.pk)
    for attachment in attachments:
        await context.records.attachments.add(attachment)
    await settle_post(context, known, post)
    return True


async def delete_post(context: InboxContext, post: Post) -> bool:
    """Leave a tombstone of a post; False where that was done before."""
    await _detach(context, post.pk)
    await context.records.notifications.remove_about(post.object_id)
    return await context.records.posts.tombstone(post.object_id, context.now)


async def settle_post(context: InboxContext, row: Post, post: RemotePost) -> None:
    """Bring a post's poll and quote up to what is known now; a quoted post that was fetched is kept, too."""
    await settle_poll(context, row, post)
    evidence = context.gathered.quote
    if evidence.document is not None:
        quoted = read_post(evidence.document)
        await keep_post(replace(context, gathered=Gathered(author=evidence.author)), quoted, evidence.document)
    await settle_quote(context, row, post)


def _is_whole(document: Json | None) -> bool:
    return document is not None and types_of(document) != ("Tombstone",)


def _row(context: InboxContext, post: RemotePost, document: Json) -> Post:
    author = context.gathered.author
    followers_id = author.followers if author is not None else None
    return post_row(post, document, followers_id=followers_id, pk=_make_pk(context, post), now=context.now)


def _make_pk(context: InboxContext, post: RemotePost) -> int:
    """What comes late, such as an old post that somebody passes on, stands in timelines where it belongs."""
    published = post.published
    if published is None or not OLDEST < published < context.now - ON_TIME:
        return context.new_pk()
    return make_pk(published, randbits(16))


async def _attach(context: InboxContext, post: RemotePost, post_pk: int) -> None:
    for attachment in attachment_rows(post, post_pk, context.new_pk, context.now):
        await context.records.attachments.add(attachment)


async def _find_attachments(context: InboxContext, post: Post) -> list[Attachment]:
    pictures = (await context.records.attachments.find_for_posts([post.pk]))[post.pk]
    return [picture.attachment for picture in pictures]


async def _detach(context: InboxContext, post_pk: int) -> None:
    pictures = (await context.records.attachments.find_for_posts([post_pk]))[post_pk]
    await context.records.attachments.remove([picture.attachment.pk for picture in pictures])
