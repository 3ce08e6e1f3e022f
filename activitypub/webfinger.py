"""WebFinger and host-meta: from a handle to an actor and back (RFC 7033, RFC 6415)."""

import re
from dataclasses import dataclass
from html import escape, unescape
from typing import Final
from urllib.parse import quote

from activitypub.actors import instance_actor_name
from activitypub.documents import Json, as_list
from activitypub.errors import DocumentMalformed, HandleMalformed, IdUnacceptable
from activitypub.identifiers import ArtistRef, Handle, InstanceActor, Located, Site, read_handle
from activitypub.origins import normal_netloc
from activitypub.reading import media_type_of, usable_id

PROFILE_PAGE: Final = "http://webfinger.net/rel/profile-page"
AVATAR: Final = "http://webfinger.net/rel/avatar"
SUBSCRIBE: Final = "http://ostatus.org/schema/1.0/subscribe"
ACTIVITY_JSON: Final = "application/activity+json"

MAX_LINKS: Final = 100
MAX_TEMPLATE: Final = 2048
_ACTOR_TYPES: Final = frozenset({ACTIVITY_JSON, "application/ld+json"})
_LINK: Final = re.compile(r"<(?:\w+:)?Link\b([^<>]*)>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"\b(rel|template|type)\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RemoteHandle:
    """What a server answers about one of its handles."""

    subject: Handle
    """The handle as that server writes it. One on another domain than was asked has to be asked there again."""
    actor_id: str
    profile_page: str | None
    subscribe_template: str | None
    """Where its people follow others from, with `{uri}` for whom to follow."""

    def confirms(self, handle: Handle, actor_id: str | None = None) -> bool:
        """Whether the answer is about this very handle, and this actor if one is given; names ignore case."""
        same = self.subject.acct.casefold() == handle.acct.casefold()
        return same and (actor_id is None or self.actor_id == actor_id)


def build_jrd(handle: Handle, actor_id: str, page: str, site: Site, avatar: tuple[str, str] | None = None) -> Json:
    """The answer about one of our actors. ``avatar`` is its media type and address."""
    links: list[Json] = [
        {"rel": PROFILE_PAGE, "type": "text/html", "href": page},
        {"rel": "self", "type": ACTIVITY_JSON, "href": actor_id},
        {"rel": SUBSCRIBE, "template": f"{site.base}/authorize_interaction?uri={{uri}}"},
    ]
    if avatar is not None:
        links.append({"rel": AVATAR, "type": avatar[0], "href": avatar[1]})
    return {"subject": f"acct:{handle.acct}", "aliases": list(dict.fromkeys([page, actor_id])), "links": links}


def locate_resource(resource: str, site: Site) -> Located | None:
    """Whom of ours a `resource` asks for, as an ArtistRef (not said to exist) or the InstanceActor; else None.

    It is a handle with or without `acct:`, an actor's id or a profile page.
    """
    if resource.startswith(("http://", "https://")):
        if resource in (site.base, f"{site.base}/"):
            return InstanceActor()
        located = site.locate(resource) or site.locate_page(resource)
        return located if isinstance(located, ArtistRef | InstanceActor) else None
    try:
        handle = read_handle(resource)
    except HandleMalformed:
        return None
    if handle.domain != _own_domain(site):
        return None
    return InstanceActor() if handle.name == instance_actor_name(site) else ArtistRef(handle.name)


def read_jrd(document: Json, asked: Handle) -> RemoteHandle:
    """The answer about ``asked``. Raises DocumentMalformed without an actor's address or with an impossible subject."""
    links = [link for link in as_list(document.get("links"))[:MAX_LINKS] if isinstance(link, dict)]
    actors = (link for link in links if link.get("rel") == "self" and _type_of(link) in _ACTOR_TYPES)
    actor_id = next((id for id in map(_href_of, actors) if id is not None), None)
    if actor_id is None:
        raise DocumentMalformed("the WebFinger answer names no actor")
    pages = (_href_of(link) for link in links if link.get("rel") == PROFILE_PAGE)
    templates = (read_template(link.get("template")) for link in links if link.get("rel") == SUBSCRIBE)
    return RemoteHandle(
        subject=_read_subject(document, asked),
        actor_id=actor_id,
        profile_page=next((page for page in pages if page is not None), None),
        subscribe_template=next((template for template in templates if template is not None), None),
    )


def fill_template(template: str, uri: str) -> str:
    """The template's address for ``uri``: to follow someone, or to ask about a handle."""
    return template.replace("{uri}", quote(uri, safe=""))


def read_template(value: object) -> str | None:
    """A usable template: http or https, with `{uri}` in it."""
    if not isinstance(value, str) or "{uri}" not in value or len(value) > MAX_TEMPLATE:
        return None
    return value if usable_id(fill_template(value, "x")) else None


def build_host_meta(site: Site) -> str:
    """/.well-known/host-meta, XRD."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" type="application/jrd+json" template="{escape(_lrdd_template(site))}"/>\n'
        "</XRD>\n"
    )


def build_host_meta_json(site: Site) -> Json:
    """/.well-known/host-meta.json."""
    return {"links": [{"rel": "lrdd", "type": "application/jrd+json", "template": _lrdd_template(site)}]}


def read_host_meta(text: str) -> str | None:
    """The WebFinger template of somebody's XRD: how a domain sends askers to another host. None where there is none.

    Read without an XML parser: it is a stranger's document, and one attribute of it is wanted.
    """
    for match in _LINK.finditer(text):
        attributes = {name.lower(): unescape(one or other) for name, one, other in _ATTRIBUTE.findall(match[1])}
        template = read_template(attributes.get("template"))
        if attributes.get("rel") == "lrdd" and template and "xrd" not in attributes.get("type", ""):
            return template
    return None


def _lrdd_template(site: Site) -> str:
    return f"{site.base}/.well-known/webfinger?resource={{uri}}"


def _own_domain(site: Site) -> str | None:
    try:
        return normal_netloc(site.domain)
    except IdUnacceptable:
        return None


def _read_subject(document: Json, asked: Handle) -> Handle:
    subject = document.get("subject")
    if not isinstance(subject, str) or subject.startswith(("http://", "https://")):
        return asked  # some answer with the actor's address, some with nothing
    try:
        return read_handle(subject)
    except HandleMalformed as error:
        raise DocumentMalformed("the WebFinger answer is about no handle") from error


def _type_of(link: Json) -> str:
    stated = link.get("type")
    return media_type_of({"mediaType": stated}) if isinstance(stated, str) else ""


def _href_of(link: Json) -> str | None:
    return usable_id(link.get("href"))
