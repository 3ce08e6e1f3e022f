"""Other people's posts as bounded values: Mastodon's Notes, PeerTube's films, Lemmy's pages, WordPress's articles."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from activitypub.audience import Audience, read_audience
from activitypub.documents import Json, as_list, first, read_text, text_of, types_of
from activitypub.errors import DocumentMalformed, DocumentUnsupported
from activitypub.html import render_text, sanitise_html, strip_html
from activitypub.notes.attachments import RemoteAttachment, read_attachments
from activitypub.notes.polls import Poll, read_poll
from activitypub.opt_out import StatedOptOut, read_stated_opt_out
from activitypub.quotes import QuotePermission, read_permission
from activitypub.reading import (
    is_true,
    media_type_of,
    page_address,
    read_count,
    require_id,
    usable_id,
)
from activitypub.tags import Tags, read_tags
from activitypub.texts import bound_line, bound_text
from activitypub.times import read_time
from activitypub.vocabulary import POST_TYPES

MAX_TITLE: Final = 500
MAX_WARNING: Final = 2_000

_WARNED_TYPES: Final = frozenset({"Note", "Question"})
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_MARKUP: Final = frozenset({"", "text/html", "application/xhtml+xml"})
_DOCUMENT_TYPES: Final = frozenset({"application/activity+json", "application/ld+json"})
_QUOTE_KEYS: Final = ("quote", "_misskey_quote", "quoteUrl", "quoteUri")


@dataclass(frozen=True, slots=True)
class Happening:
    """When and where an Event takes place."""

    starts_at: datetime | None
    ends_at: datetime | None
    place: str


@dataclass(frozen=True, slots=True)
class RemotePost:
    """A post as its server describes it. Nothing in it is proven; HTML is safe, texts and lists are bounded."""

    object_id: str
    post_type: str
    actor_id: str
    """The author, a person rather than the channel they post in."""
    url: str
    """The post's page; the id where none is given."""
    title: str
    content: str
    content_warning: str
    sensitive: bool
    language: str | None
    published: datetime | None
    updated: datetime | None
    in_reply_to: str | None
    conversation: str | None
    quote_id: str | None
    quote_authorization: str | None
    quote_permission: QuotePermission | None
    """None where the post says nothing, which Mastodon reads as nobody."""
    audience: Audience
    tags: Tags
    attachments: tuple[RemoteAttachment, ...]
    poll: Poll | None
    happening: Happening | None
    likes: int | None
    shares: int | None
    replies: int | None
    replies_id: str | None
    opt_out: StatedOptOut

    @property
    def is_vote(self) -> bool:
        """Whether this is no post but an answer to a poll: a Note with a name, a parent and no content."""
        is_bare = not self.content and not self.attachments
        return self.post_type == "Note" and bool(self.title and self.in_reply_to) and is_bare


def read_post(document: Json) -> RemotePost:
    """The post. Raises DocumentUnsupported for another type, DocumentMalformed without a usable id or author."""
    post_type = _read_type(document)
    object_id = require_id(document)
    warning = _read_warning(document, post_type)
    attachments = read_attachments(document)
    return RemotePost(
        object_id=object_id,
        post_type=post_type,
        actor_id=_require_author(document),
        url=_read_url(document, attachments) or object_id,
        title=bound_line(read_text(document, "name"), MAX_TITLE),
        content=_read_content(document, post_type, warning),
        content_warning=warning,
        sensitive=is_true(document.get("sensitive")) or bool(warning),
        language=_read_language(document),
        published=read_time(document.get("published")),
        updated=read_time(document.get("updated")),
        in_reply_to=usable_id(document.get("inReplyTo")),
        conversation=usable_id(document.get("context")) or usable_id(document.get("conversation")),
        quote_id=_read_quote(document),
        quote_authorization=usable_id(document.get("quoteAuthorization")),
        quote_permission=read_permission(document),
        audience=read_audience(document),
        tags=read_tags(document),
        attachments=attachments,
        poll=read_poll(document),
        happening=_read_happening(document, post_type),
        likes=read_count(document.get("likes")),
        shares=read_count(document.get("shares")),
        replies=read_count(document.get("replies")),
        replies_id=usable_id(document.get("replies")) or usable_id(document.get("comments")),
        opt_out=read_stated_opt_out(document),
    )


def _read_type(document: Json) -> str:
    post_type = next((name for name in types_of(document) if name in POST_TYPES), None)
    if post_type is None:
        raise DocumentUnsupported("the document is not a post")
    return post_type


def _require_author(document: Json) -> str:
    """The author: of several, a person or bot before a group (PeerTube names the channel beside the account)."""
    authors = as_list(document.get("attributedTo")) or as_list(document.get("actor"))
    people = [author for author in authors if not {"Group", "Organization"} & set(types_of(author))]
    author = next((id for id in map(usable_id, [*people, *authors]) if id is not None), None)
    if author is None:
        raise DocumentMalformed("the post has no usable author")
    return author


def _read_url(document: Json, attachments: tuple[RemoteAttachment, ...]) -> str | None:
    page = page_address(document.get("url"))
    return None if page in {attachment.url for attachment in attachments} else page


def _read_warning(document: Json, post_type: str) -> str:
    """The content warning. An Article's summary is its excerpt, unless it is marked sensitive (WordPress)."""
    if post_type in _WARNED_TYPES or is_true(document.get("sensitive")):
        return bound_text(strip_html(read_text(document, "summary")), MAX_WARNING)
    return ""


def _read_content(document: Json, post_type: str, warning: str) -> str:
    text, media_type = _find_content(document)
    if text is None and not warning:
        text, media_type = read_text(document, "summary"), ""
    if media_type in _MARKUP:
        return sanitise_html(text)
    # Markdown, MFM and BBCode read well enough as they were typed.
    return render_text(text or "").html


def _find_content(document: Json) -> tuple[str | None, str]:
    """The text and its media type: `content`, else what `contentMap` or `source` holds."""
    text = read_text(document, "content")
    if text:
        return text, media_type_of(document) if _describes_content(document) else ""
    source = first(document.get("source"))
    if isinstance(source, dict) and text_of(source.get("content")):
        return text_of(source["content"]), media_type_of(source) or "text/plain"
    return None, ""


def _describes_content(document: Json) -> bool:
    """Whether `mediaType` is the content's, rather than the attached file's."""
    return media_type_of(document).startswith("text/")


def _read_language(document: Json) -> str | None:
    stated = document.get("language")
    if isinstance(stated, dict):  # Lemmy, PeerTube
        stated = stated.get("identifier")
    by_language = document.get("contentMap")
    candidates = [stated, *_languages_of(by_language, document.get("content"))]
    tags = (tag for tag in candidates if isinstance(tag, str) and _LANGUAGE.fullmatch(tag))
    return next((tag for tag in tags if tag not in ("und", "zxx")), None)


def _languages_of(by_language: Any, content: Any) -> list[str]:
    """The map's languages, that of the content itself first."""
    if not isinstance(by_language, dict):
        return []
    return sorted(by_language, key=lambda language: by_language[language] != content)


def _read_quote(document: Json) -> str | None:
    """The quoted post's id, by FEP-044f, Misskey, Fedibird or FEP-e232."""
    stated = (usable_id(document.get(key)) for key in _QUOTE_KEYS)
    links = (href for href, media_type in read_tags(document).links if media_type in _DOCUMENT_TYPES)
    return next((id for id in (*stated, *links) if id is not None), None)


def _read_happening(document: Json, post_type: str) -> Happening | None:
    if post_type != "Event":
        return None
    place = first(document.get("location"))
    name = read_text(place, "name") if isinstance(place, dict) else place
    starts_at, ends_at = read_time(document.get("startTime")), read_time(document.get("endTime"))
    return Happening(starts_at, ends_at, bound_line(name, MAX_TITLE))
