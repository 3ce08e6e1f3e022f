"""Answers to other servers: small JSON, the right status, and what caches must know."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from cara_fed.asgi import Answer, Header
from cara_fed.federation.media_types import ACTIVITY_JSON

OK: Final = 200
NOT_MODIFIED: Final = 304
VARY: Final[Header] = (b"vary", b"Accept, Signature, Signature-Input")
PRIVATE: Final[Header] = (b"cache-control", b"private, max-age=0, must-revalidate")
NO_STORE: Final[Header] = (b"cache-control", b"no-store")


def public_for(seconds: int) -> Header:
    """Cache-Control of what everybody may see, for so long."""
    return (b"cache-control", f"public, max-age={seconds}".encode())


def answer_bytes(body: bytes, media_type: str, *headers: Header, status: int = 200) -> Answer:
    """A whole answer with its type; text types are UTF-8."""
    return Answer(status, body, ((b"content-type", media_type.encode()), *headers))


def answer_json(document: Any, *headers: Header, status: int = 200, media_type: str = "application/json") -> Answer:
    """A JSON answer."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return answer_bytes(body, f"{media_type}; charset=utf-8", *headers, status=status)


def answer_document(body: bytes, *headers: Header, status: int = 200) -> Answer:
    """An ActivityPub document that stands ready as bytes, with an ETag."""
    return answer_bytes(body, f"{ACTIVITY_JSON}; charset=utf-8", VARY, etag_of(body), *headers, status=status)


def etag_of(body: bytes) -> Header:
    """The entity tag of these very bytes."""
    return (b"etag", f'"{sha256(body).hexdigest()[:32]}"'.encode())


def answer_conditionally(answer: Answer, if_none_match: str, if_modified_since: str = "") -> Answer:
    """304 in place of an answer that the one who asks holds already (RFC 9110, sections 13.1.2 and 13.1.3)."""
    if answer.status != OK or not _is_held(answer, if_none_match, if_modified_since):
        return answer
    return Answer(NOT_MODIFIED, b"", tuple(each for each in answer.headers if each[0] != b"content-type"))


def answer_error(status: int, message: str, *headers: Header) -> Answer:
    """``{"error": …}`` in one line that is safe to show."""
    return answer_json({"error": message}, NO_STORE, *headers, status=status)


def to_headers(pairs: Mapping[str, str] | tuple[tuple[str, str], ...]) -> tuple[Header, ...]:
    """Header pairs of the protocol floor as ASGI wants them."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    return tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in items)


def _is_held(answer: Answer, if_none_match: str, if_modified_since: str) -> bool:
    stamps = {name: value.decode("latin-1") for name, value in answer.headers if name in (b"etag", b"last-modified")}
    if if_none_match:
        stated = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
        return b"etag" in stamps and not stated.isdisjoint({stamps[b"etag"].removeprefix("W/"), "*"})
    # Compared as it was given out: where the newest post was deleted, the date is earlier than the one that is held.
    return bool(if_modified_since) and stamps.get(b"last-modified") == if_modified_since
