"""What other servers say, as rows."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from html import escape

from activitypub.actors import RemoteActor
from activitypub.audience import read_visibility
from activitypub.documents import Json, dump_document
from activitypub.keys import read_keys
from activitypub.notes import RemoteAttachment, RemotePost
from activitypub.opt_out import StatedOptOut
from activitypub.origins import netloc_of, same_origin
from activitypub.tags import Tags
from cara_fed.remote_media.links import MAX_URL
from storage.attachments import Attachment as AttachmentRow
from storage.posts import Post as PostRow
from storage.remote_actors import RemoteActor as ActorRow
from storage.remote_keys import RemoteKey as KeyRow

MAX_EMOJI = 50


def actor_row(actor: RemoteActor, document: Json, *, pk: int, now: datetime, domain: str = "") -> ActorRow:
    """An actor as fetched `now`; `domain` is its handle's where WebFinger has told, else its id's own."""
    netloc = netloc_of(actor.actor_id)
    return ActorRow(
        pk=pk,
        actor_id=actor.actor_id,
        actor_type=actor.actor_type,
        name=actor.name,
        domain=domain or netloc,
        netloc=netloc,
        display_name=actor.display_name,
        summary=actor.summary,
        url=actor.url,
        inbox=actor.inbox,
        shared_inbox=actor.shared_inbox,
        followers=actor.followers,
        icon_url=actor.avatar.url if actor.avatar else None,
        also_known_as=list(actor.also_known_as),
        moved_to=actor.moved_to,
        manually_approves=actor.manually_approves,
        opt_out=stated_policy(actor.opt_out),
        emoji=emoji_of(actor.tags),
        document=dump_document(document).decode(),
        fetched_at=now,
    )


def key_rows(document: Json, actor_id: str, now: datetime) -> list[KeyRow]:
    """The keys that an actor's own document gives it; one with another owner, or from another origin, is not its."""
    return [
        KeyRow(key_id=key.key_id, actor_id=actor_id, algorithm=key.algorithm, pem=key.pem, fetched_at=now)
        for key in {key.key_id: key for key in read_keys(document)}.values()
        if key.owner == actor_id and same_origin(key.key_id, actor_id)
    ]


def stated_policy(stated: StatedOptOut) -> str | None:
    """The opt-out that a document states; None where it states nothing."""
    return str(stated.policy) if stated.vocabularies else None


def emoji_of(tags: Tags) -> list[dict[str, str]]:
    """The custom emoji of a text, as they are kept; each shortcode once, and no more than a page could show."""
    found = {emoji.shortcode: emoji.url for emoji in tags.emoji if len(emoji.url) <= MAX_URL}
    return [{"shortcode": shortcode, "url": url} for shortcode, url in list(found.items())[:MAX_EMOJI]]


def post_row(post: RemotePost, document: Json, *, followers_id: str | None, pk: int, now: datetime) -> PostRow:
    """A post as received `now`; `followers_id` is its author's followers collection, where that is known."""
    return PostRow(
        pk=pk,
        object_id=post.object_id,
        actor_id=post.actor_id,
        url=post.url,
        content=_content_with_title(post),
        content_warning=post.content_warning,
        sensitive=post.sensitive,
        visibility=str(read_visibility(document, followers_id)),
        language=post.language,
        opt_out=stated_policy(post.opt_out),
        in_reply_to=post.in_reply_to,
        quote_id=post.quote_id,
        quote_authorization=post.quote_authorization,
        published_at=min(post.published or now, now),
        updated_at=post.updated,
        mentions=[asdict(mention) for mention in post.tags.mentions],
        hashtags=[tag.name for tag in post.tags.hashtags],
        emoji=emoji_of(post.tags),
        document=dump_document(document).decode(),
    )


def attachment_rows(post: RemotePost, post_pk: int, new_pk: Callable[[], int], now: datetime) -> list[AttachmentRow]:
    """The post's pictures, films and sounds in their order; links to pages are none of these."""
    shown = (attachment for attachment in post.attachments if attachment.kind != "link")
    return [_attachment_row(attachment, post_pk, place, new_pk(), now) for place, attachment in enumerate(shown)]


def _attachment_row(attachment: RemoteAttachment, post_pk: int, position: int, pk: int, now: datetime) -> AttachmentRow:
    focal_x, focal_y = attachment.focal_point or (0.0, 0.0)
    return AttachmentRow(
        pk=pk,
        post_pk=post_pk,
        position=position,
        alt=attachment.alt,
        focal_x=focal_x,
        focal_y=focal_y,
        blurhash=attachment.blurhash or None,
        media_type=attachment.media_type or f"{attachment.kind}/*",
        width=attachment.width,
        height=attachment.height,
        remote_url=attachment.url,
        sensitive=attachment.sensitive,
        opt_out=stated_policy(attachment.opt_out),
        created_at=now,
    )


def _content_with_title(post: RemotePost) -> str:
    """Articles, pages and films have a title, which a timeline of notes shows as the first line."""
    return f"<p><strong>{escape(post.title)}</strong></p>{post.content}" if post.title else post.content
