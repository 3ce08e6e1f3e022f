"""A page in its other forms: the feeds of what hangs on it."""

from cara_fed.feeds.formats import FORMATS
from cara_fed.web.views import Alternate


def feeds_of(page_url: str, title: str) -> tuple[Alternate, ...]:
    """The feeds of a page of works, by its address."""
    page = page_url.removesuffix("/")
    return tuple(Alternate(page + one.ending, one.media_type, title) for one in FORMATS)
