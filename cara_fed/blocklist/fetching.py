"""Fetching lists and what belongs to them, each within its bounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from activitypub.origins import host_of, same_origin
from cara_fed.blocklist.formats import ListUnreadable
from cara_fed.blocklist.formats.parsed import read_json
from cara_fed.federation.client import FederationClient, Response
from cara_fed.words.speech import _

MAX_LIST_BYTES: Final = 32 * 1024 * 1024
MAX_DOCUMENT_BYTES: Final = 4 * 1024 * 1024
ACCEPT: Final = "text/csv, application/json, text/plain, */*;q=0.1"
ACCEPT_JSON: Final = "application/ld+json, application/json"


@dataclass(frozen=True, slots=True)
class ListFetcher:
    """Raises ListUnreadable for any answer but a list, and a FetchError where none comes."""

    client: FederationClient

    async def fetch(self, url: str, headers: Mapping[str, str]) -> Response:
        """A list, or 304 where the headers say what is here already."""
        response = await self.client.get(url, headers=headers, accept=ACCEPT, max_bytes=MAX_LIST_BYTES)
        return _require_list(response, url)

    async def fetch_page(self, url: str) -> bytes:
        """One page of a feed, or a document that belongs to it."""
        response = await self.client.get(url, accept=ACCEPT_JSON, max_bytes=MAX_DOCUMENT_BYTES)
        if not same_origin(response.url, url):
            raise ListUnreadable(
                _(
                    "%(host)s sends its readers to %(other)s",
                    host=host_of(url),
                    other=host_of(response.url),
                )
            )
        return _require_list(response, url).body

    async def fetch_json(self, url: str) -> dict[str, Any]:
        """One document."""
        document = read_json(await self.fetch_page(url))
        if not isinstance(document, dict):
            raise ListUnreadable(_("%(host)s answered no JSON object", host=host_of(url)))
        return document


def _require_list(response: Response, url: str) -> Response:
    if response.status not in (200, 304):
        raise ListUnreadable(_("%(host)s answered %(status)s", host=host_of(url), status=response.status))
    if response.media_type == "text/html":
        raise ListUnreadable(_("%(host)s answered a web page", host=host_of(url)))
    return response
