"""What a post of four pictures costs as a document: built each time, or taken from the cache and filled in.

Run it with ``python -m tests.benchmarks.bench_documents``. The rows are at hand: reading them costs both the same.
"""

import timeit
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from activitypub.documents import dump_document
from activitypub.identifiers import Site
from activitypub.notes import Counts, build_note
from activitypub.opt_out import OptOut
from cara_fed.capabilities import CapabilityKeys
from cara_fed.endpoints.document_cache import DocumentCache, version_of
from cara_fed.translate.posts import PostRows, read_local_post
from storage.artists import Artist
from storage.attachments import Attachment, Picture, Rendition
from storage.posts import Post
from tests.benchmarks.measuring import say

SITE = Site("https", "studio.example")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = CapabilityKeys(bytes(range(32)))
COUNTS = Counts(likes=3, shares=1, replies=2)
REPEATS = 2000


def _picture(pk: int) -> Picture:
    size: dict[str, Any] = {"width": 1600, "height": 1200, "media_type": "image/jpeg"}
    attachment = Attachment(pk=pk, artist_pk=1, post_pk=1, position=pk, alt="a hill", created_at=NOW, **size)
    shared: dict[str, Any] = {"attachment_pk": pk, "hash": f"{pk:064x}", "extension": "jpg", "byte_size": 1000, **size}
    return Picture(attachment, {kind: Rendition(kind=kind, **shared) for kind in ("federated", "web", "thumbnail")})


def _rows() -> PostRows:
    artist = Artist(pk=1, name="mara", folded="mara", created_at=NOW, updated_at=NOW)
    post = Post(
        pk=1,
        object_id=SITE.post("mara", 1),
        actor_id=SITE.actor("mara"),
        artist_pk=1,
        url=SITE.post_page("mara", 1),
        text="A new picture. " * 40,
        content="<p>" + "A new picture. " * 40 + "</p>",
        visibility="public",
        published_at=NOW,
        mentions=[],
        hashtags=["ink", "hills"],
    )
    return PostRows(artist, post, [_picture(pk) for pk in range(4)])


def measure_all() -> dict[str, float]:
    """Microseconds by way, the best of five rounds."""
    rows, cache = _rows(), DocumentCache()
    pictures = [row for each in rows.pictures for row in (each.attachment, *each.renditions.values())]

    def build() -> bytes:
        note = build_note(read_local_post(rows, SITE, OptOut.NO_AI_TRAINING, COUNTS))
        return KEYS.substitute(dump_document(note), 4711)

    def take() -> bytes:
        version = version_of((rows.artist, rows.post, *pictures), COUNTS)
        held = cache.get(("note", 1), version, lambda: build_note(read_local_post(rows, SITE, OptOut.ALLOW, COUNTS)))
        return KEYS.substitute(held, 4711)

    return {"built each time": _microseconds(build), "from the cache": _microseconds(take)}


def _microseconds(step: Callable[[], object]) -> float:
    return min(timeit.repeat(step, number=REPEATS, repeat=5)) / REPEATS * 1e6


def main() -> None:
    """Measure, and print both ways and their ratio."""
    figures = measure_all()
    for name, microseconds in figures.items():
        say(name, microseconds, "µs", f"{figures['built each time'] / microseconds:.1f} x")


if __name__ == "__main__":
    main()
