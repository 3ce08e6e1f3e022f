"""Small parts that many documents share, read with tolerance: ids, addresses, flags, counts."""

from typing import Any, Final

from activitypub.documents import Json, as_list, first, href_of, id_of
from activitypub.errors import DocumentMalformed
from activitypub.origins import IdRule

MAX_COUNT: Final = 2**31 - 1
_MAX_CHOICES: Final = 64
_ANY_WEB: Final = IdRule(allow_http=True)


def require_id(document: Json) -> str:
    """The document's id, http or https. Raises DocumentMalformed. Which schemes are accepted is decided above."""
    id = usable_id(document.get("id"))
    if id is None:
        raise DocumentMalformed("the document has no usable id")
    return id


def usable_id(value: object) -> str | None:
    """The http or https id that a reference gives, else None."""
    id = id_of(value)
    return id if id is not None and _ANY_WEB.accepts(id) else None


def usable_ids(value: object, limit: int) -> tuple[str, ...]:
    """The http and https ids of a list or a single reference, each once, at most ``limit``."""
    found = (usable_id(item) for item in as_list(value)[:limit])
    return tuple(dict.fromkeys(id for id in found if id is not None))


def items_of(value: object, limit: int) -> list[Any]:
    """The items of a list, at most ``limit``, or a single one. PHP writes a list with a hole in it as an object with
    numbers for keys, and Pixelfed so mixes a reply's Mention with the other tags."""
    items = as_list(value)[:limit]
    numbered = [item for entry in items if isinstance(entry, dict) for key, item in entry.items() if key.isdecimal()]
    return [*items, *numbered][:limit]


def web_address(value: object) -> str | None:
    """The http or https address that a `url`, `href`, `icon`, … gives, else None."""
    address = href_of(value)
    return address if address is not None and _ANY_WEB.accepts(address) else None


def page_address(value: object) -> str | None:
    """The web page among the addresses of a `url`: PeerTube and Funkwhale list pages beside files and feeds."""
    items = as_list(value)[:_MAX_CHOICES]
    pages = (web_address(item) for item in items if media_type_of(item) in ("text/html", ""))
    return next((address for address in pages if address), None)


def media_type_of(value: object) -> str:
    """The media type of an object or Link, in lower case and without parameters; "" where none is given."""
    value = first(value)
    stated = value.get("mediaType") or value.get("mimeType") if isinstance(value, dict) else None  # old PeerTube
    return stated.partition(";")[0].strip().lower()[:100] if isinstance(stated, str) else ""


def is_true(value: object) -> bool:
    """Whether a flag is set; a few servers send it as a string."""
    return value is True or value in ("true", "True")


def read_count(value: object) -> int | None:
    """A number, or the `totalItems` of a collection, from 0 up to MAX_COUNT. What servers claim, not what is."""
    if isinstance(value, dict):
        value = value.get("totalItems")
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    return int(max(0, min(value, MAX_COUNT)))


def read_number(value: Any, low: float, high: float) -> float | None:
    """A finite number between the bounds, given as such or as a string; else None."""
    if isinstance(value, str) and len(value) <= 32:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if low <= value <= high else None
