"""Atom (RFC 4287) with pages (RFC 5005) and licences (RFC 4946)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from activitypub.opt_out import Signals, html_links
from cara_fed.federation.media_types import ACTIVITY_JSON
from cara_fed.feeds.values import Feed, Item
from cara_fed.feeds.xml import DECLARATION, element, line, named, text

_MEDIA_TYPE: Final = "application/atom+xml"
_NAMESPACE: Final = "http://www.w3.org/2005/Atom"


def write_atom(feed: Feed) -> bytes:
    """The feed in UTF-8."""
    attributes = {"xmlns": _NAMESPACE, "xml:lang": feed.language}
    return (DECLARATION + named("feed", attributes, *_head(feed), *map(_write_entry, feed.items))).encode()


def write_moment(moment: datetime) -> str:
    """An aware time in UTC to the second, as RFC 3339 writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _head(feed: Feed) -> Iterator[str]:
    # All pages are one feed, and bear one id.
    yield line("id", feed.first_url)
    yield element("title", text(feed.title))
    yield line("subtitle", feed.description)
    yield line("updated", write_moment(feed.updated))
    yield element("link", rel="alternate", type="text/html", href=feed.page_url)
    yield element("link", rel="self", type=_MEDIA_TYPE, href=feed.url)
    yield element("link", rel="first", type=_MEDIA_TYPE, href=feed.first_url)
    if feed.next_url:
        yield element("link", rel="next", type=_MEDIA_TYPE, href=feed.next_url)
    yield line("icon", feed.icon_url or "")
    yield from _write_terms(feed.said)


def _write_entry(item: Item) -> str:
    author = element("author", element("name", text(item.author.name)), line("uri", item.author.url))
    return element(
        "entry",
        line("id", item.id),
        element("title", text(item.title)),
        line("published", write_moment(item.published)),
        line("updated", write_moment(item.updated)),
        author,
        element("link", rel="alternate", type="text/html", href=item.url),
        element("link", rel="alternate", type=ACTIVITY_JSON, href=item.id),
        *(element("category", term=tag) for tag in item.tags),
        *(
            element("link", rel="enclosure", type=one.media_type, length=one.byte_size, href=one.url, title=one.alt)
            for one in item.enclosures
        ),
        line("rights", item.copyright),
        element("link", rel="license", href=item.license_url) if item.license_url else "",
        *_write_terms(item.said),
        element("content", text(item.html), type="html"),
        xml_lang=item.language,
    )


def _write_terms(said: Signals) -> Iterator[str]:
    for rel, media_type, href in html_links(said):
        yield element("link", rel=rel, type=media_type, href=href)
