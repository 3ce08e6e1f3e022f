"""JSON Feed 1.1. It has no word for what machines may do: that stands in the response's headers alone."""

import json
from typing import Any

from cara_fed.feeds.atom import write_moment
from cara_fed.feeds.values import Author, Enclosure, Feed, Item


def write_json_feed(feed: Feed) -> bytes:
    """The feed in UTF-8."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page_url,
        "feed_url": feed.url,
        "description": feed.description,
        "next_url": feed.next_url,
        "icon": feed.icon_url,
        "language": feed.language,
        "items": [_write_item(item) for item in feed.items],
    }
    return json.dumps(_present(document), ensure_ascii=False, separators=(",", ":")).encode()


def _write_item(item: Item) -> dict[str, Any]:
    stated = {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        "date_published": write_moment(item.published),
        "date_modified": write_moment(item.updated),
        "language": item.language,
        "image": item.enclosures[0].url if item.enclosures else None,
        "authors": [_write_author(item.author)],
        "tags": list(item.tags) or None,
        "attachments": [_write_attachment(one) for one in item.enclosures] or None,
    }
    return _present(stated)


def _write_author(author: Author) -> dict[str, str]:
    return {"name": author.name, "url": author.url}


def _write_attachment(one: Enclosure) -> dict[str, Any]:
    stated = {"url": one.url, "mime_type": one.media_type, "title": one.alt or None, "size_in_bytes": one.byte_size}
    return _present(stated)


def _present(stated: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in stated.items() if value is not None}
