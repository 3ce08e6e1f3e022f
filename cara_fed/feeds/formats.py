"""The formats in which every feed is written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cara_fed.feeds.atom import write_atom
from cara_fed.feeds.json_feed import write_json_feed
from cara_fed.feeds.rss import write_rss
from cara_fed.feeds.values import Feed


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a feed: how its addresses end, its media type, what writes it in UTF-8."""

    ending: str
    media_type: str
    write: Callable[[Feed], bytes]


FORMATS: Final = (
    Format("/feed.rss", "application/rss+xml", write_rss),
    Format("/feed.atom", "application/atom+xml", write_atom),
    Format("/feed.json", "application/feed+json", write_json_feed),
)
