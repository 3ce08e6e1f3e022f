"""Sifting timelines by an artist's filters: posts are left out, or folded with the reason on the fold."""

from collections.abc import Sequence
from dataclasses import replace

from activitypub.html import strip_html
from cara_fed.translate.filtering import find_filter
from cara_fed.web.house import services
from cara_fed.web.parts import Entry
from storage.artists import Artist
from storage.filters import Filter
from storage.records import Records


async def sift(records: Records, artist: Artist, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries of a timeline that are to be shown; what artists publish themselves is never sifted."""
    filters = await records.filters.find_all(artist.pk, services().clock.now())
    if not filters:
        return tuple(entries)
    sifted = (_sift(filters, entry) for entry in entries)
    return tuple(entry for entry in sifted if entry is not None)


def _sift(filters: Sequence[Filter], entry: Entry) -> Entry | None:
    if entry.acts is not None and entry.acts.is_own:
        return entry
    post = entry.post
    found = find_filter(filters, (strip_html(post.content), post.cover or "", *(one.alt for one in post.pictures)))
    if found is None:
        return entry
    return None if found.hides else replace(entry, filtered=found.phrase)
