"""An artist's albums as documents: collections of posts with a title, in the artist's order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from activitypub.collections import build_collection, build_page
from activitypub.documents import Json
from activitypub.opt_out import Signals, object_terms
from activitypub.times import format_time
from activitypub.vocabulary import CONTEXT

POSTS_PER_PAGE: Final = 40


@dataclass(frozen=True, slots=True)
class Album:
    """An album without its posts. ``summary`` is safe HTML; ``total`` counts the posts that everyone may see."""

    album_id: str
    actor_id: str
    url: str
    title: str
    total: int
    signals: Signals
    published: datetime
    updated: datetime
    summary: str = ""


def build_album(album: Album) -> Json:
    """The album as an OrderedCollection, with how many posts it holds and where its first page is."""
    times = {"published": format_time(album.published), "updated": format_time(album.updated)}
    return {
        **build_collection(album.album_id, total=album.total, first=page_id(album.album_id, 1)),
        "@context": CONTEXT,
        "attributedTo": album.actor_id,
        "url": album.url,
        "name": album.title,
        **({"summary": album.summary} if album.summary else {}),
        **times,
        **object_terms(album.signals),
    }


def build_album_page(album: Album, number: int, post_ids: Sequence[str]) -> Json:
    """A page of an album, by its number from 1: the posts' ids."""
    following = page_id(album.album_id, number + 1) if number * POSTS_PER_PAGE < album.total else None
    earlier = page_id(album.album_id, number - 1) if number > 1 else None
    page = build_page(
        page_id(album.album_id, number), part_of=album.album_id, items=post_ids, next=following, prev=earlier
    )
    return {**page, "@context": CONTEXT, **object_terms(album.signals)}


def page_id(album_id: str, number: int) -> str:
    """The id of a page of an album."""
    return f"{album_id}?page={number}"
