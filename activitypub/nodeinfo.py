"""NodeInfo 2.0 and 2.1: what this server is, and what others say they are."""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from activitypub.documents import Json, as_list
from activitypub.identifiers import Site
from activitypub.reading import usable_id
from activitypub.texts import bound_line

Version = Literal["2.0", "2.1"]

SOFTWARE: Final = "cara-fed"
VERSIONS: Final[tuple[Version, ...]] = ("2.0", "2.1")
_SCHEMA: Final = "http://nodeinfo.diaspora.software/ns/schema/"
_APPLICATION: Final = "https://www.w3.org/ns/activitystreams#Application"
_KNOWN_SCHEMAS: Final = tuple(f"{_SCHEMA}{version}" for version in ("2.1", "2.0", "1.1", "1.0"))
_SOFTWARE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Usage:
    """Counts for the public, of local artists and their posts."""

    artists: int
    active_month: int
    active_half_year: int
    posts: int
    replies: int = 0


@dataclass(frozen=True, slots=True)
class RemoteSoftware:
    """What another server runs, as it says: the name in lower case."""

    name: str
    version: str


def media_type_of_version(version: Version) -> str:
    """The media type of a NodeInfo document, with the profile that names its schema."""
    return f'application/json; profile="{_SCHEMA}{version}#"'


def build_nodeinfo_links(site: Site) -> Json:
    """/.well-known/nodeinfo, with the instance actor as FEP-2677 has it."""
    links = [{"rel": f"{_SCHEMA}{version}", "href": f"{site.base}/nodeinfo/{version}"} for version in VERSIONS]
    return {"links": [*links, {"rel": _APPLICATION, "href": site.instance_actor}]}


def build_nodeinfo(
    version: Version,
    *,
    software_version: str,
    usage: Usage,
    open_registrations: bool,
    title: str,
    description: str = "",
    metadata: dict[str, Any] | None = None,
    protocols: tuple[str, ...] = ("activitypub",),
    repository: str | None = None,
    homepage: str | None = None,
) -> Json:
    """/nodeinfo/2.0 or /nodeinfo/2.1; the latter alone may name a repository and a homepage."""
    places = {"repository": repository, "homepage": homepage} if version == "2.1" else {}
    return {
        "version": version,
        "software": {"name": SOFTWARE, "version": software_version} | {k: v for k, v in places.items() if v},
        "protocols": list(protocols),
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": open_registrations,
        "usage": _build_usage(usage),
        "metadata": {"nodeName": title, "nodeDescription": description} | (metadata or {}),
    }


def read_nodeinfo_links(document: Json) -> str | None:
    """The newest NodeInfo document that a server names, or None."""
    links = [link for link in as_list(document.get("links"))[:20] if isinstance(link, dict)]
    by_schema = {link["rel"]: usable_id(link.get("href")) for link in links if isinstance(link.get("rel"), str)}
    return next((href for schema in _KNOWN_SCHEMAS if (href := by_schema.get(schema))), None)


def read_nodeinfo(document: Json) -> RemoteSoftware | None:
    """What a server says that it runs; None where that is nothing usable."""
    software = document.get("software")
    if not isinstance(software, dict):
        return None
    name = bound_line(software.get("name"), 100).lower()
    return RemoteSoftware(name, bound_line(software.get("version"), 100)) if _SOFTWARE_NAME.fullmatch(name) else None


def _build_usage(usage: Usage) -> Json:
    return {
        "users": {
            "total": usage.artists,
            "activeMonth": usage.active_month,
            "activeHalfyear": usage.active_half_year,
        },
        "localPosts": usage.posts,
        "localComments": usage.replies,
    }
