"""Our posts as Notes: the one type that every follower shows with its pictures."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from activitypub.audience import Audience
from activitypub.contributors import Contributor, build_contributors
from activitypub.documents import Json
from activitypub.multibase import encode_multibase
from activitypub.notes.polls import Poll, build_poll
from activitypub.opt_out import Signals, attachment_terms, object_terms
from activitypub.quotes import Quote, QuotePolicy, build_permission, build_quote
from activitypub.tags import Emoji, Hashtag, Mention, build_tags
from activitypub.times import format_time
from activitypub.vocabulary import AS2, CONTEXT

_SHA2_256: Final = b"\x12\x20"  # multihash: the function, then the digest's 32 bytes
_OTHER_TYPES: Final = {"video": "Video", "audio": "Audio"}


@dataclass(frozen=True, slots=True)
class Rights:
    """What an artist states about rights, in schema.org's terms; addresses are full IRIs. Empty says nothing."""

    license: str = ""
    acquire_license_page: str = ""
    credit_text: str = ""
    copyright_notice: str = ""
    digital_source_type: str = ""
    """An IPTC NewsCodes IRI, such as http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a post, as rendered for federation. ``url`` is ready to be sent."""

    url: str
    media_type: str
    width: int
    height: int
    signals: Signals
    alt: str = ""
    blurhash: str = ""
    focal_point: tuple[float, float] = (0.0, 0.0)
    """From (-1, -1) bottom left to (1, 1) top right."""
    sensitive: bool = False
    size: int | None = None
    """Bytes."""
    sha256: str | None = None
    """Hex digest of the very bytes that ``url`` gives."""
    rights: Rights = Rights()


@dataclass(frozen=True, slots=True)
class Counts:
    """How often a post was liked, announced and answered."""

    likes: int = 0
    shares: int = 0
    replies: int = 0


@dataclass(frozen=True, slots=True)
class Post:
    """A local post. ``content`` is safe HTML made of ``text``; hashtags and mentions are those named in it."""

    object_id: str
    actor_id: str
    followers_id: str
    url: str
    content: str
    audience: Audience
    published: datetime
    signals: Signals
    text: str = ""
    language: str | None = None
    content_warning: str = ""
    sensitive: bool = False
    updated: datetime | None = None
    in_reply_to: str | None = None
    pictures: tuple[Picture, ...] = ()
    hashtags: tuple[Hashtag, ...] = ()
    mentions: tuple[Mention, ...] = ()
    quote_policy: QuotePolicy = QuotePolicy.EVERYONE
    quote: Quote | None = None
    poll: Poll | None = None
    counts: Counts | None = field(default=None)
    """None leaves the collections of likes, shares and replies unnamed."""
    rights: Rights = Rights()
    contributors: tuple[Contributor, ...] = ()
    emoji: tuple[Emoji, ...] = ()


def build_note(post: Post) -> Json:
    """The post as a Note, its pictures in their order; as a Question where it has a poll."""
    return {
        "@context": CONTEXT,
        "id": post.object_id,
        "type": "Question" if post.poll else "Note",
        "attributedTo": post.actor_id,
        "url": post.url,
        **_build_times(post),
        "to": list(post.audience.to),
        "cc": list(post.audience.cc),
        **_build_text(post),
        "sensitive": post.sensitive or bool(post.content_warning),
        "attachment": [_build_attachment(picture, post) for picture in post.pictures],
        "tag": build_tags(post.hashtags, post.mentions, post.emoji),
        "interactionPolicy": {"canQuote": build_permission(_quote_policy(post), post.actor_id, post.followers_id)},
        **(build_quote(post.quote) if post.quote else {}),
        **(build_poll(post.poll) if post.poll else {}),
        **_build_collections(post),
        **object_terms(post.signals),
        **build_rights(post.rights),
        **build_contributors(post.contributors),
    }


def build_tombstone(object_id: str, deleted: datetime, former_type: str = "Note") -> Json:
    """What stands where a deleted post was."""
    return {
        "@context": AS2,
        "id": object_id,
        "type": "Tombstone",
        "formerType": former_type,
        "deleted": format_time(deleted),
    }


def _build_times(post: Post) -> Json:
    times: Json = {"published": format_time(post.published)}
    return times | ({"updated": format_time(post.updated)} if post.updated else {})


def _build_text(post: Post) -> Json:
    optional: dict[str, Any] = {
        "summary": post.content_warning,
        "contentMap": {post.language: post.content} if post.language else None,
        "source": {"content": post.text, "mediaType": "text/plain"} if post.text else None,
        "inReplyTo": post.in_reply_to,
    }
    return {"content": post.content} | {key: value for key, value in optional.items() if value}


def _build_attachment(picture: Picture, post: Post) -> Json:
    """An attachment that Mastodon, Pixelfed, Misskey and GoToSocial all show; FEP-1311's digest and size."""
    return {
        "type": _OTHER_TYPES.get(picture.media_type.partition("/")[0], "Image"),
        "mediaType": picture.media_type,
        "url": picture.url,
        # Mastodon reads the alternative text from summary, then name; Pixelfed and Misskey from name alone.
        **({"name": picture.alt, "summary": picture.alt} if picture.alt else {}),
        "width": picture.width,
        "height": picture.height,
        **({"blurhash": picture.blurhash} if picture.blurhash else {}),
        "focalPoint": [float(coordinate) for coordinate in picture.focal_point],
        "sensitive": picture.sensitive or post.sensitive or bool(post.content_warning),
        **_build_file_facts(picture),
        **attachment_terms(picture.signals),
        **build_rights(picture.rights),
    }


def _build_file_facts(picture: Picture) -> Json:
    facts: Json = {} if picture.size is None else {"size": picture.size}
    if picture.sha256 is not None:
        facts["digestMultibase"] = encode_multibase(_SHA2_256 + bytes.fromhex(picture.sha256))
    return facts


def build_rights(rights: Rights) -> Json:
    """What is stated about rights, as in posts and attachments; nothing where nothing is."""
    stated = {
        "license": rights.license,
        "acquireLicensePage": rights.acquire_license_page,
        "creditText": rights.credit_text,
        "copyrightNotice": rights.copyright_notice,
        "digitalSourceType": rights.digital_source_type,
    }
    return {key: value for key, value in stated.items() if value}


def _quote_policy(post: Post) -> QuotePolicy:
    """What is not for everyone is not to be quoted."""
    return post.quote_policy if post.audience.is_public else QuotePolicy.NOBODY


def _build_collections(post: Post) -> Json:
    if post.counts is None:
        return {}
    counts = {"likes": post.counts.likes, "shares": post.counts.shares, "replies": post.counts.replies}
    collections: Json = {
        name: {"id": f"{post.object_id}/{name}", "type": "OrderedCollection", "totalItems": count}
        for name, count in counts.items()
    }
    # Mastodon takes what is embedded for the whole collection, and asks no further where it names no page.
    collections["replies"]["first"] = f"{post.object_id}/replies?page=true"
    return collections
