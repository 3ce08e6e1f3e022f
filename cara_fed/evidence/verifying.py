"""Verifying an evidence file: who signed it, whether that key is published, whether it was changed, since when."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Final

from activitypub.canonical import canonicalize
from activitypub.documents import Json, as_list, parse_document
from activitypub.errors import ProtocolError
from activitypub.keys import encode_multikey
from activitypub.origins import same_origin
from activitypub.proofs import verify_proof
from cara_fed.errors import CaraFedError
from cara_fed.evidence.files import TIMESTAMP, read_evidence_file, without_timestamp
from cara_fed.evidence.timestamps import TimestampFailed, check_timestamp, roots_of
from cara_fed.federation.errors import FetchError
from cara_fed.services import Services

KEYS_PATH: Final = "/policies/evidence-keys.json"
MAX_KEYS_BYTES: Final = 256 * 1024
ED25519: Final = "ed25519"


class EvidenceForged(CaraFedError):
    """The file is not what some instance signed; the sentence says what is wrong."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found. ``doubts`` are sentences on what could not be shown; the signature itself is good."""

    key_id: str
    instance: str
    signed_at: str
    dated_at: str
    doubts: tuple[str, ...] = ()


async def verify_evidence(services: Services, content: bytes) -> Verdict:
    """Check a file, of this instance or of another. Raises NoEvidence or EvidenceForged."""
    document = read_evidence_file(content)
    signed = without_timestamp(document)
    key = str(document["instance"].get("key", ""))
    try:
        key_id = verify_proof(signed, key)
    except ProtocolError as error:
        raise EvidenceForged(f"The signature is not good: {error}.") from error
    instance = str(document["instance"].get("address", ""))
    doubts = [each async for each in _doubt_key(services, instance, key_id, key)]
    dated_at, more = _read_date(services, document, signed)
    return Verdict(key_id, instance, str(document["proof"].get("created", "")), dated_at, (*doubts, *more))


async def published_keys(services: Services) -> tuple[Json, ...]:
    """Every Ed25519 key that this instance ever signed with, so that old files can still be checked."""
    async with services.database.reading() as records:
        rows = await records.keys.find_ever(None, ED25519)
    return tuple(
        {
            "id": row.key_id,
            "publicKeyMultibase": encode_multikey(row.public_pem),
            "created": row.created_at.isoformat(),
            "retired": row.retired_at.isoformat() if row.retired_at else None,
        }
        for row in rows
    )


async def _doubt_key(services: Services, instance: str, key_id: str, key: str) -> AsyncIterator[str]:
    try:
        known = await _find_keys(services, instance)
    except (FetchError, ProtocolError, CaraFedError) as error:
        yield f"Whether {instance} has this key could not be asked: {error}."
        return
    if not same_origin(key_id, instance):
        yield f"The key {key_id} does not belong to {instance}."
    if known.get(key_id) != key:
        yield f"{instance} does not publish this key: somebody else may have signed in its name."


async def _find_keys(services: Services, instance: str) -> dict[str, str]:
    if instance == services.site.base:
        return dict(_read_keys(list(await published_keys(services))))
    response = await services.client.get(f"{instance}{KEYS_PATH}", accept="application/json", max_bytes=MAX_KEYS_BYTES)
    if response.status != 200:
        raise EvidenceForged(f"{KEYS_PATH} answered {response.status}")
    return dict(_read_keys(as_list(parse_document(response.body).get("keys"))))


def _read_keys(keys: list[object]) -> Iterator[tuple[str, str]]:
    for key in keys:
        if isinstance(key, dict):
            yield str(key.get("id", "")), str(key.get("publicKeyMultibase", ""))


def _read_date(services: Services, document: Json, signed: Json) -> tuple[str, tuple[str, ...]]:
    stated = document.get(TIMESTAMP)
    if not isinstance(stated, dict):
        return "", ("Nobody but the instance itself says when it was made: it bears no timestamp.",)
    try:
        stamp = check_timestamp(stated, canonicalize(signed), roots_of(services))
    except TimestampFailed as failure:
        return "", (f"The timestamp does not count: {failure}.",)
    at = f"{stamp.at:%Y-%m-%d %H:%M:%S} UTC"
    if stamp.is_trusted:
        return at, ()
    return at, ("Who gave the timestamp was not checked: evidence.timestamp_ca_file names no root certificate.",)
