"""Content negotiation: who wants the document, and who wants the page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_DOCUMENT_TYPES: Final = frozenset({"application/activity+json", "application/ld+json", "application/json"})
_PAGE_TYPES: Final = frozenset({"text/html", "application/xhtml+xml", "text/*", "*/*"})
_MAX_ACCEPT: Final = 1024
_QUALITY: Final = re.compile(r";\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class _Range:
    media_type: str
    quality: float


@lru_cache(maxsize=512)
def wants_document(accept: str) -> bool:
    """Whether an Accept header prefers the ActivityPub document to the page.

    Nobody who reads pages names an ActivityPub type, so naming one wins a draw; without one, and for ``*/*``, it is
    the page.
    """
    ranges = tuple(_read_ranges(accept[:_MAX_ACCEPT]))
    document = max((each.quality for each in ranges if each.media_type in _DOCUMENT_TYPES), default=0.0)
    page = max((each.quality for each in ranges if each.media_type in _PAGE_TYPES), default=0.0)
    return document > 0 and document >= page


def _read_ranges(accept: str) -> Iterator[_Range]:
    for part in _QUOTED.sub("", accept).split(","):
        quality = _QUALITY.search(part)
        yield _Range(part.partition(";")[0].strip().lower(), float(quality[1]) if quality else 1.0)
