"""What a feed holds, whichever format it is written in. All addresses are absolute, all times aware."""

from dataclasses import dataclass, replace
from datetime import datetime

from activitypub.opt_out import Signals


@dataclass(frozen=True, slots=True)
class Author:
    """Who made a thing: what to call them, their page, their handle."""

    name: str
    url: str
    handle: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A picture's largest public file; sizes in pixels and bytes. ``said`` is what machines are told of it."""

    url: str
    media_type: str
    width: int
    height: int
    byte_size: int
    alt: str
    said: Signals


@dataclass(frozen=True, slots=True)
class Item:
    """A post. ``html`` is safe; of what is covered, ``title`` and ``html`` hold the warning and nothing beneath it.

    ``license_url`` and ``license_name`` are of the artist's own licence, empty where all rights are reserved.
    """

    id: str
    url: str
    title: str
    html: str
    published: datetime
    updated: datetime
    author: Author
    said: Signals
    language: str | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    copyright: str = ""
    license_url: str = ""
    license_name: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of a feed (RFC 5005). ``url`` is this page's own address, ``next_url`` that of older items.

    ``updated`` is when anything in it changed last; ``said`` is what machines are told of the whole.
    """

    url: str
    first_url: str
    page_url: str
    title: str
    description: str
    language: str
    updated: datetime
    said: Signals
    items: tuple[Item, ...] = ()
    next_url: str | None = None
    icon_url: str | None = None

    def at(self, ending: str) -> "Feed":
        """The same feed with its own addresses ending so, as ``/feed.atom``."""
        next_url = self.next_url and _with_ending(self.next_url, ending)
        first_url, url = (_with_ending(address, ending) for address in (self.first_url, self.url))
        return replace(self, url=url, first_url=first_url, next_url=next_url)


def _with_ending(address: str, ending: str) -> str:
    path, mark, query = address.partition("?")
    return f"{path}{ending}{mark}{query}"
