"""Other people's actors as bounded values, whatever software wrote them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final
from urllib.parse import unquote

from activitypub.actors.build import ProfileField
from activitypub.documents import Json, as_list, first, read_text, types_of
from activitypub.errors import DocumentMalformed, DocumentUnsupported, HandleMalformed
from activitypub.html import sanitise_html
from activitypub.identifiers import Handle, read_handle
from activitypub.opt_out import StatedOptOut, read_stated_opt_out
from activitypub.origins import host_of
from activitypub.reading import is_true, page_address, read_number, require_id, usable_id, usable_ids, web_address
from activitypub.tags import Tags, read_tags
from activitypub.texts import bound_line, bound_text
from activitypub.times import read_time
from activitypub.vocabulary import ACTOR_TYPES

MAX_NAME: Final = 255
MAX_DISPLAY_NAME: Final = 500
MAX_SUMMARY: Final = 20_000
MAX_FIELDS: Final = 50
MAX_FIELD: Final = 2_000
MAX_ALT: Final = 10_000
MAX_IDS: Final = 256
MAX_SIDE: Final = 100_000

_FORBIDDEN_IN_NAMES: Final = re.compile(r"[\s@/:?#\\<>\"\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class RemotePicture:
    """An avatar or header elsewhere."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class RemoteActor:
    """Someone as their server describes them. Nothing in it is proven; HTML is safe, texts are bounded.

    Keys are read apart, by activitypub.keys.read_keys.
    """

    actor_id: str
    actor_type: str
    name: str
    """preferredUsername, or the best that can be made of a document without."""
    webfinger: Handle | None
    """The handle that the actor claims (FEP-2c59), to be checked by WebFinger."""
    display_name: str
    summary: str
    url: str
    """The profile page; the id where none is given."""
    inbox: str
    shared_inbox: str | None
    outbox: str | None
    followers: str | None
    following: str | None
    featured: str | None
    featured_tags: str | None
    avatar: RemotePicture | None
    header: RemotePicture | None
    fields: tuple[ProfileField, ...]
    tags: Tags
    also_known_as: tuple[str, ...]
    moved_to: str | None
    manually_approves: bool
    discoverable: bool
    indexable: bool
    memorial: bool
    suspended: bool
    attribution_domains: tuple[str, ...]
    published: datetime | None
    opt_out: StatedOptOut

    @property
    def is_bot(self) -> bool:
        return self.actor_type in ("Service", "Application")


def read_actor(document: Json) -> RemoteActor:
    """The actor. Raises DocumentUnsupported for another type, DocumentMalformed without a usable id or inbox."""
    actor_id, actor_type = require_id(document), _read_type(document)
    webfinger = _read_webfinger(document)
    name = _read_name(document, webfinger, actor_id)
    return RemoteActor(
        actor_id=actor_id,
        actor_type=actor_type,
        name=name,
        webfinger=webfinger,
        display_name=bound_line(read_text(document, "name"), MAX_DISPLAY_NAME) or name,
        summary=sanitise_html((read_text(document, "summary") or "")[:MAX_SUMMARY]),
        url=page_address(document.get("url")) or actor_id,
        inbox=_require_inbox(document),
        shared_inbox=_read_shared_inbox(document),
        outbox=usable_id(document.get("outbox")),
        followers=usable_id(document.get("followers")),
        following=usable_id(document.get("following")),
        featured=usable_id(document.get("featured")),
        featured_tags=usable_id(document.get("featuredTags")),
        avatar=_read_picture(document.get("icon")),
        header=_read_picture(document.get("image")),
        fields=tuple(_read_fields(document)),
        tags=read_tags(document),
        also_known_as=usable_ids(document.get("alsoKnownAs"), MAX_IDS),
        moved_to=usable_id(document.get("movedTo")),
        manually_approves=is_true(document.get("manuallyApprovesFollowers")),
        discoverable=is_true(document.get("discoverable")),
        indexable=is_true(document.get("indexable")),
        memorial=is_true(document.get("memorial")),
        suspended=is_true(document.get("suspended")),
        attribution_domains=_read_domains(document),
        published=read_time(document.get("published")),
        opt_out=read_stated_opt_out(document),
    )


def _read_type(document: Json) -> str:
    actor_type = next((name for name in types_of(document) if name in ACTOR_TYPES), None)
    if actor_type is None:
        raise DocumentUnsupported("the document is not an actor")
    return actor_type


def _require_inbox(document: Json) -> str:
    inbox = usable_id(document.get("inbox"))
    if inbox is None:
        raise DocumentMalformed("the actor has no usable inbox")
    return inbox


def _read_shared_inbox(document: Json) -> str | None:
    endpoints = first(document.get("endpoints"))
    stated = endpoints.get("sharedInbox") if isinstance(endpoints, dict) else None
    return usable_id(stated) or usable_id(document.get("sharedInbox"))  # old Misskey names it twice


def _read_webfinger(document: Json) -> Handle | None:
    stated = bound_line(document.get("webfinger"), MAX_IDS)
    try:
        return read_handle(stated) if stated else None
    except HandleMalformed:
        return None


def _read_name(document: Json, webfinger: Handle | None, actor_id: str) -> str:
    stated = _fit_name(bound_line(document.get("preferredUsername"), MAX_NAME))
    if stated:
        return stated
    if webfinger is not None:
        return webfinger.name
    last_step = unquote(actor_id.partition("?")[0].partition("#")[0].rstrip("/").split("://", 1)[1])
    step = last_step.rpartition("/")[2] if "/" in last_step else ""
    return _fit_name(step) or host_of(actor_id)


def _fit_name(text: str) -> str:
    return _FORBIDDEN_IN_NAMES.sub("", text)[:MAX_NAME]


def _read_picture(value: object) -> RemotePicture | None:
    """The picture; of several sizes (PeerTube) the widest."""
    pictures = [picture for picture in as_list(value)[:MAX_FIELDS] if web_address(picture)]
    picture = max(pictures, key=_width_of, default=None)
    url = web_address(picture)
    if url is None:
        return None
    stated = picture if isinstance(picture, dict) else {}
    return RemotePicture(url, bound_text(stated.get("summary"), MAX_ALT) or bound_text(stated.get("name"), MAX_ALT))


def _width_of(picture: object) -> float:
    return (read_number(picture.get("width"), 0, MAX_SIDE) if isinstance(picture, dict) else None) or 0


def _read_fields(document: Json) -> Iterator[ProfileField]:
    """Profile lines: PropertyValue as Mastodon writes it, Link and Note as FEP-fb2a does."""
    for line in as_list(document.get("attachment"))[:MAX_FIELDS]:
        if isinstance(line, dict) and (value := _read_field_value(line)):
            yield ProfileField(bound_line(line.get("name"), MAX_NAME), value)


def _read_field_value(line: Json) -> str:
    match types_of(line):
        case ("PropertyValue", *_):
            return sanitise_html(bound_text(line.get("value"), MAX_FIELD))
        case ("Note", *_):
            return sanitise_html(bound_text(line.get("content"), MAX_FIELD))
        case ("Link", *_) if href := web_address(line):
            return f'<a href="{escape(href)}" rel="nofollow noopener">{escape(href)}</a>'
    return ""


def _read_domains(document: Json) -> tuple[str, ...]:
    stated = (bound_line(domain, MAX_NAME).lower() for domain in as_list(document.get("attributionDomains"))[:MAX_IDS])
    return tuple(dict.fromkeys(domain for domain in stated if domain))
