"""A page in its other forms: the feeds of what hangs on it, and how to embed it elsewhere."""

from typing import Final
from urllib.parse import quote

from activitypub.audience import Visibility
from cara_fed.feeds.formats import FORMATS
from cara_fed.translate.posts import PostRows
from cara_fed.translate.views import cover_of
from cara_fed.web.views import Alternate

_EMBEDS: Final = {"json": "application/json+oembed", "xml": "text/xml+oembed"}
_EMBEDDED: Final = (Visibility.PUBLIC, Visibility.UNLISTED)


def feeds_of(page_url: str, title: str) -> tuple[Alternate, ...]:
    """The feeds of a page of works, by its address."""
    page = page_url.removesuffix("/")
    return tuple(Alternate(page + one.ending, one.media_type, title) for one in FORMATS)


def embeds_of(rows: PostRows, base: str, title: str) -> tuple[Alternate, ...]:
    """Where a post's page tells others to ask how it is embedded; nowhere for what they may not show."""
    if rows.post.visibility not in _EMBEDDED or cover_of(rows) is not None:
        return ()
    address = f"{base}/oembed?url={quote(rows.post.url, safe='')}&format="
    return tuple(Alternate(address + format, media_type, title) for format, media_type in _EMBEDS.items())
