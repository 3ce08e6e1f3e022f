"""Which of an actor's followers another server has (FEP-8fcf): a digest in a header, so that both sides can compare."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

HEADER: Final = "collection-synchronization"
MAX_HEADER_LENGTH: Final = 8192

_PARAMETER: Final = re.compile(r'\s*([A-Za-z]+)\s*=\s*"([^"\\]*)"\s*(?:,|\Z)')
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Synchronization:
    """A followers collection, where the receiving server's part of it can be read, and that part's digest."""

    collection_id: str
    url: str
    digest: str


def digest_followers(actor_ids: Iterable[str]) -> str:
    """The SHA-256 digests of the ids, each taken once, combined by exclusive or, in hex: 64 zeros for nobody."""
    combined = 0
    for actor_id in set(actor_ids):
        combined ^= int.from_bytes(sha256(actor_id.encode()).digest(), "big")
    return f"{combined:064x}"


def write_synchronization(stated: Synchronization) -> str:
    """The header's value."""
    return f'collectionId="{stated.collection_id}", url="{stated.url}", digest="{stated.digest}"'


def read_synchronization(value: str) -> Synchronization | None:
    """What a header says; None where it says nothing usable, which is no fault of what it came with."""
    if len(value) > MAX_HEADER_LENGTH:
        return None
    parameters = dict(_PARAMETER.findall(value))
    digest = parameters.get("digest", "").lower()
    if not parameters.get("collectionId") or not parameters.get("url") or not _DIGEST.fullmatch(digest):
        return None
    return Synchronization(parameters["collectionId"], parameters["url"], digest)
