"""JSON documents: parsed within limits, read with tolerance for the many shapes that servers send."""

import json
import math
import re
from collections.abc import Iterable
from itertools import accumulate
from typing import Any, Final, NoReturn

from activitypub.errors import DocumentMalformed, DocumentTooDeep, DocumentTooLarge

Json = dict[str, Any]

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 32
MAX_NUMBER_LENGTH: Final = 32

_STRINGS: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_ALL_BUT_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
_STEPS: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_ESCAPED_SURROGATE: Final = re.compile(r"\\u[dD][89abAB]|\\u[dD][c-fC-F]")
_ESCAPED_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*+\\u0000")
_UNREPEATABLE: Final = frozenset({"id", "actor", "type"})


def parse_document(body: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Json:
    """Read one JSON object (RFC 8259, UTF-8). Size and depth are held before anything is built.

    Raises DocumentTooLarge, DocumentTooDeep or DocumentMalformed. Refused besides what is not JSON: another top than
    an object, NaN and numbers out of range, lone surrogates, U+0000 (PostgreSQL cannot store it), and an object that
    gives `id`, `actor` or `type` twice, since readers differ in which one they believe.
    """
    if len(body) > max_bytes:
        raise DocumentTooLarge(f"the document is larger than {max_bytes} bytes")
    _require_depth(body, max_depth)
    document = _load(_decode(body))
    if not isinstance(document, dict):
        raise DocumentMalformed("the document is not a JSON object")
    return document


def dump_document(document: Json) -> bytes:
    """The document as compact UTF-8 JSON. Raises DocumentMalformed for NaN, infinities and lone surrogates."""
    try:
        return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except ValueError as error:
        raise DocumentMalformed("the document cannot be written as JSON") from error


def as_list(value: object) -> list[Any]:
    """Nothing → [], a list → itself, one value → a list of it: most properties may be sent in either shape."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def first(value: object) -> Any:
    """The only value, or the first of a list, or None."""
    return next(iter(as_list(value)), None)


def id_of(value: object) -> str | None:
    """The id that a reference gives: a string, an object with `id`, or a Link's `href`; of a list, the first."""
    value = first(value)
    if isinstance(value, dict):
        value = value.get("id") or value.get("href")
    return value if isinstance(value, str) and value else None


def ids_of(value: object) -> tuple[str, ...]:
    """Every id that `to`, `cc`, `tag`, … refers to, in order; what has no id is left out."""
    return tuple(found for found in map(id_of, as_list(value)) if found is not None)


def href_of(value: object) -> str | None:
    """The address in a `url`: a string, a Link's `href`, or an object's own `url`; of a list, the first."""
    value = first(value)
    if isinstance(value, dict):
        value = value.get("href") or first(value.get("url"))
    if isinstance(value, dict):
        value = value.get("href")
    return value if isinstance(value, str) and value else None


def text_of(value: object) -> str | None:
    """A text: a string as it is, of a list the first, of `{"@value": …}` its value; anything else is no text."""
    value = first(value)
    if isinstance(value, dict):
        value = value.get("@value")
    return value if isinstance(value, str) else None


def read_text(document: Json, name: str) -> str | None:
    """The text of a natural-language property, from `name` or else from the first string of its `nameMap`."""
    text = text_of(document.get(name))
    if text is not None:
        return text
    by_language = document.get(f"{name}Map")
    texts = by_language.values() if isinstance(by_language, dict) else ()
    return next((text for text in texts if isinstance(text, str)), None)


def types_of(document: object) -> tuple[str, ...]:
    """The document's types, in order; `()` for what has none."""
    if not isinstance(document, dict):
        return ()
    return tuple(name for name in as_list(document.get("type")) if isinstance(name, str))


def _require_depth(body: bytes, max_depth: int) -> None:
    """Count brackets outside strings, so that the parser never recurses deeper than the limit."""
    if body.count(b"{") + body.count(b"[") <= max_depth:
        return  # most documents: too few brackets to be deep, wherever they stand
    brackets = _STRINGS.sub(b"", body).translate(None, _ALL_BUT_BRACKETS)
    if max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > max_depth:
        raise DocumentTooDeep(f"the document is nested deeper than {max_depth} levels")


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")  # some WordPress plug-ins put a byte order mark in front
    except UnicodeDecodeError as error:
        raise DocumentMalformed("the document is not UTF-8") from error


def _load(text: str) -> Any:
    try:
        document = _DECODER.decode(text)
        if "\\u" in text and _ESCAPED_SURROGATE.search(text):
            json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise DocumentMalformed("the document contains half a surrogate pair") from error
    except ValueError as error:
        raise DocumentMalformed("the document is not valid JSON") from error
    if "\\u0000" in text and _ESCAPED_NUL.search(text):
        raise DocumentMalformed("the document contains the character U+0000")
    return document


def _build_object(pairs: list[tuple[str, Any]]) -> Json:
    document = dict(pairs)
    if len(document) != len(pairs):
        _require_unrepeated(name for name, _ in pairs)
    return document


def _require_unrepeated(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen and name in _UNREPEATABLE:
            raise DocumentMalformed(f"an object gives “{name}” more than once")
        seen.add(name)


def _refuse_constant(name: str) -> NoReturn:
    raise DocumentMalformed(f"{name} is not a JSON number")


def _read_integer(digits: str) -> int:
    if len(digits) > MAX_NUMBER_LENGTH:
        raise DocumentMalformed("the document contains a number out of range")
    return int(digits)


def _read_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise DocumentMalformed("the document contains a number out of range")
    return number


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_build_object,
    parse_constant=_refuse_constant,
    parse_int=_read_integer,
    parse_float=_read_float,
)
