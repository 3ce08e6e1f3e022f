"""RSS 2.0 with Media RSS for the pictures, Dublin Core for names, and RSL for what machines may not do."""

from collections.abc import Iterator
from typing import Final

from activitypub.http_dates import format_http_date
from activitypub.opt_out import Signals
from cara_fed.feeds.values import Enclosure, Feed, Item
from cara_fed.feeds.xml import DECLARATION, element, line, named, text

_MEDIA_TYPE: Final = "application/rss+xml"

_NAMESPACES: Final = {
    "version": "2.0",
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
    "xmlns:creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "xmlns:rsl": "https://rslstandard.org/rsl",
}


def write_rss(feed: Feed) -> bytes:
    """The feed in UTF-8."""
    channel = element("channel", *_head(feed), *map(_write_item, feed.items))
    return (DECLARATION + named("rss", _NAMESPACES, channel)).encode()


def _head(feed: Feed) -> Iterator[str]:
    yield element("title", text(feed.title))
    yield line("link", feed.page_url)
    yield element("description", text(feed.description or feed.title))
    yield line("language", feed.language)
    yield line("lastBuildDate", format_http_date(feed.updated))
    yield element("atom:link", rel="self", type=_MEDIA_TYPE, href=feed.url)
    yield element("atom:link", rel="first", type=_MEDIA_TYPE, href=feed.first_url)
    if feed.next_url:
        yield element("atom:link", rel="next", type=_MEDIA_TYPE, href=feed.next_url)
    if feed.icon_url:
        yield element("image", line("url", feed.icon_url), line("title", feed.title), line("link", feed.page_url))


def _write_item(item: Item) -> str:
    first = item.enclosures[:1]
    return element(
        "item",
        element("title", text(item.title)),
        line("link", item.url),
        element("guid", text(item.url), isPermaLink="true"),
        line("pubDate", format_http_date(item.published)),
        line("dc:creator", f"{item.author.name} ({item.author.handle})"),
        line("dc:language", item.language or ""),
        line("dc:rights", item.copyright),
        line("creativeCommons:license", item.license_url),
        line("description", item.html),
        *(line("category", tag) for tag in item.tags),
        # Readers take the first enclosure of several, and some stumble; Media RSS has all of them.
        *(element("enclosure", url=one.url, length=one.byte_size, type=one.media_type) for one in first),
        *(_write_media(one, item) for one in item.enclosures),
        *_write_terms(item),
    )


def _write_media(one: Enclosure, item: Item) -> str:
    return element(
        "media:content",
        element("media:description", text(one.alt), type="plain") if one.alt else "",
        element("media:credit", text(item.author.handle), role="artist"),
        line("media:copyright", item.copyright),
        element("media:license", text(item.license_name), type="text/html", href=item.license_url)
        if item.license_url
        else "",
        url=one.url,
        type=one.media_type,
        medium="image",
        fileSize=one.byte_size,
        width=one.width,
        height=one.height,
    )


def _write_terms(item: Item) -> Iterator[str]:
    """What machines may do with the post, and with each picture about which something else is said."""
    yield _write_rsl(item.url, item.said)
    yield from (_write_rsl(one.url, one.said) for one in item.enclosures if one.said != item.said)


def _write_rsl(url: str, said: Signals) -> str:
    usages = (
        *(element("rsl:permits", text(usage), type="usage") for usage in said.rsl_permits),
        *(element("rsl:prohibits", text(usage), type="usage") for usage in said.rsl_prohibits),
    )
    return element("rsl:content", element("rsl:license", *usages), url=url) if usages else ""
