"""Collections, built cheaply (a total and a first page) and read whatever their shape."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from activitypub import little_boxes_adapter
from activitypub.documents import Json, as_list, first, types_of
from activitypub.errors import DocumentUnsupported
from activitypub.reading import read_count, usable_id
from activitypub.vocabulary import AS2, COLLECTION_TYPES, CONTEXT

MAX_ITEMS: Final = 2_000
_PAGE_TYPES: Final = frozenset({"CollectionPage", "OrderedCollectionPage"})


@dataclass(frozen=True, slots=True)
class RemoteCollection:
    """One document of somebody's collection: the collection or a page of it."""

    collection_id: str | None
    total: int | None
    """How many items it claims to have."""
    items: tuple[Any, ...]
    """Those in this document, an embedded first page's among them: ids, or documents that only their own server can
    speak for."""
    next_id: str | None
    """The page to fetch next."""
    is_page: bool


def build_collection(
    id: str, *, total: int, first: str | Json | None = None, items: Sequence[str | Json] | None = None
) -> Json:
    """An OrderedCollection: its items at once where there are few, a first page, or nothing but how many there are."""
    collection: Json = {
        "@context": _context_of(items or ()),
        "id": id,
        "type": "OrderedCollection",
        "totalItems": total,
    }
    if first is not None:
        collection["first"] = _embed(first)
    if items is not None:
        collection["orderedItems"] = [_embed(item) for item in items]
    return collection


def build_page(
    id: str,
    *,
    part_of: str,
    items: Sequence[str | Json],
    total: int | None = None,
    next: str | None = None,
    prev: str | None = None,
) -> Json:
    """A page of an OrderedCollection."""
    optional = {"totalItems": total, "next": next, "prev": prev}
    return {
        "@context": _context_of(items),
        "id": id,
        "type": "OrderedCollectionPage",
        "partOf": part_of,
        **{key: value for key, value in optional.items() if value is not None},
        "orderedItems": [_embed(item) for item in items],
    }


def read_collection(document: Json) -> RemoteCollection:
    """A collection or page. Raises DocumentUnsupported for anything else."""
    types = set(types_of(document))
    if not types & COLLECTION_TYPES:
        raise DocumentUnsupported("the document is not a collection")
    is_page = bool(types & _PAGE_TYPES)
    page = document if is_page else first(document.get("first"))
    embedded: Json = page if isinstance(page, dict) else {}
    return RemoteCollection(
        collection_id=usable_id(document.get("id")),
        total=read_count(document),
        items=(_items_of(document) or _items_of(embedded))[:MAX_ITEMS],
        next_id=_next_of(embedded, page, is_page),
        is_page=is_page,
    )


def read_items(document: Json, pages: Mapping[str, Json]) -> tuple[Any, ...]:
    """All items of a collection whose further ``pages`` are supplied by id; what is missing is left out.

    Raises DocumentTooDeep where pages lead back to each other, DocumentUnsupported for what is no collection.
    """
    return little_boxes_adapter.walk_collection(document, pages)


def _next_of(embedded: Json, page: object, is_page: bool) -> str | None:
    if is_page or _items_of(embedded) or "next" in embedded:
        return usable_id(embedded.get("next"))
    return usable_id(page)


def _items_of(document: Json) -> tuple[Any, ...]:
    items = as_list(document.get("orderedItems")) or as_list(document.get("items"))
    return tuple(item for item in items if isinstance(item, str | dict))


def _context_of(items: Sequence[str | Json]) -> list[Any]:
    return CONTEXT if any(isinstance(item, dict) for item in items) else [AS2]


def _embed(item: str | Json) -> str | Json:
    return item if isinstance(item, str) else {key: value for key, value in item.items() if key != "@context"}
