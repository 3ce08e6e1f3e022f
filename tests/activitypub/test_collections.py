"""Collections of ours and of others."""

from typing import Any

import pytest

from activitypub.collections import build_collection, build_page, read_collection, read_items
from activitypub.documents import Json
from activitypub.errors import DocumentTooDeep, DocumentUnsupported
from activitypub.notes import build_note
from activitypub.vocabulary import AS2, CONTEXT
from tests.activitypub.jsonld import dropped_or_blank
from tests.activitypub.test_notes_build import POST

OUTBOX = "https://studio.example/users/mara/outbox"
P1 = "https://gallery.example/f?page=1"
P2 = "https://gallery.example/f?page=2"


def test_a_collection_can_be_only_a_number() -> None:
    assert build_collection(OUTBOX, total=7) == {
        "@context": [AS2],
        "id": OUTBOX,
        "type": "OrderedCollection",
        "totalItems": 7,
    }


def test_a_collection_names_its_first_page() -> None:
    assert build_collection(OUTBOX, total=7, first=f"{OUTBOX}?page=1")["first"] == f"{OUTBOX}?page=1"


def test_a_portfolio_holds_its_posts() -> None:
    note = build_note(POST)
    collection = build_collection(OUTBOX, total=2, items=[note, "https://studio.example/x"])
    assert collection["@context"] == CONTEXT
    assert collection["orderedItems"][0]["id"] == note["id"]
    assert "@context" not in collection["orderedItems"][0]
    assert dropped_or_blank(collection) == []
    assert build_collection(OUTBOX, total=0, items=[])["orderedItems"] == []


def test_pages_name_their_neighbours() -> None:
    page = build_page(f"{OUTBOX}?page=2", part_of=OUTBOX, items=["https://a.example/1"], next="n", prev="p", total=3)
    assert page == {
        "@context": [AS2],
        "id": f"{OUTBOX}?page=2",
        "type": "OrderedCollectionPage",
        "partOf": OUTBOX,
        "totalItems": 3,
        "next": "n",
        "prev": "p",
        "orderedItems": ["https://a.example/1"],
    }
    assert not {"next", "prev", "totalItems"} & set(build_page("x", part_of=OUTBOX, items=[]))


@pytest.mark.parametrize(
    ("document", "total", "items", "next_id"),
    [
        ({"type": "OrderedCollection", "totalItems": 437, "first": P1}, 437, (), P1),
        (
            {"type": "Collection", "first": {"id": P1, "type": "CollectionPage", "items": ["a"], "next": P2}},
            None,
            ("a",),
            P2,
        ),
        ({"type": "Collection", "first": {"id": P1, "type": "CollectionPage", "items": [], "next": P2}}, None, (), P2),
        ({"type": "Collection", "first": {"id": P1, "type": "CollectionPage"}}, None, (), P1),
        ({"type": "OrderedCollection", "orderedItems": [{"id": "x"}, "a", 7, None]}, None, ({"id": "x"}, "a"), None),
        ({"type": "OrderedCollection", "items": "a"}, None, ("a",), None),
        ({"type": "OrderedCollectionPage", "orderedItems": ["a"], "next": {"id": P2}}, None, ("a",), P2),
        ({"type": "OrderedCollectionPage", "orderedItems": ["a"], "totalItems": "7"}, None, ("a",), None),
    ],
)
def test_collections_of_every_shape_are_read(
    document: Json, total: int | None, items: tuple[Any, ...], next_id: str
) -> None:
    collection = read_collection(document)
    assert (collection.total, collection.items, collection.next_id) == (total, items, next_id)
    assert collection.is_page == document["type"].endswith("Page")


def test_a_document_of_another_kind_is_no_collection() -> None:
    for document in ({"type": "Note"}, {}, {"type": []}):
        with pytest.raises(DocumentUnsupported):
            read_collection(document)


def test_items_are_gathered_from_pages_until_they_end() -> None:
    pages = {P1: {"type": "CollectionPage", "items": ["a"], "next": P2}, P2: {"type": "CollectionPage", "items": ["b"]}}
    assert read_items({"type": "Collection", "first": P1}, pages) == ("a", "b")
    with pytest.raises(DocumentTooDeep):
        read_items({"type": "Collection", "first": P1}, pages | {P2: {"type": "CollectionPage", "next": P1}})
