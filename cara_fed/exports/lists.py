"""Whom an artist follows, blocks and mutes, as the CSV files that Mastodon writes and reads."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from activitypub.identifiers import ArtistRef, Site
from storage.artists import Artist
from storage.records import Records
from storage.remote_actors import RemoteActor

FOLLOWS_HEADER: Final = ("Account address", "Show boosts", "Notify on new posts", "Languages")
MUTES_HEADER: Final = ("Account address", "Hide notifications")
AT_ONCE: Final = 1000


async def write_follows(records: Records, site: Site, artist: Artist) -> str:
    """``following_accounts.csv``."""
    addresses = await find_addresses(records, site, await _find_followed(records, artist.pk))
    return _write((FOLLOWS_HEADER, *((address, "true", "false", "") for address in addresses)))


async def write_mutes(records: Records, site: Site, artist: Artist) -> str:
    """``muted_accounts.csv``."""
    addresses = await find_addresses(records, site, sorted(await records.mutes.find_actors(artist.pk)))
    return _write((MUTES_HEADER, *((address, "true") for address in addresses)))


async def write_blocks(records: Records, site: Site, artist: Artist) -> str:
    """``blocked_accounts.csv``, which has no header."""
    addresses = await find_addresses(records, site, sorted(await records.blocks.find_actors(artist.pk, "out")))
    return _write((address,) for address in addresses)


async def find_addresses(records: Records, site: Site, actor_ids: Sequence[str]) -> list[str]:
    """``name@domain`` of each actor that is known, in their order."""
    known = await records.remote_actors.find_many(actor_ids)
    return [address for actor_id in actor_ids if (address := _address(site, actor_id, known))]


def _address(site: Site, actor_id: str, known: dict[str, RemoteActor]) -> str:
    if isinstance(located := site.locate(actor_id), ArtistRef):
        return f"{located.name}@{site.domain}"
    actor = known.get(actor_id)
    return f"{actor.name}@{actor.domain}" if actor else ""


async def _find_followed(records: Records, artist_pk: int) -> list[str]:
    found: list[str] = []
    before: int | None = None
    while page := await records.following.find_page(artist_pk, before=before, limit=AT_ONCE):
        found.extend(row.actor_id for row in page)
        before = page[-1].pk
    return found


def _write(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
