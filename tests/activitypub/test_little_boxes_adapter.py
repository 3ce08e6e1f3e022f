"""Each oddity of little-boxes 0.1.0, as a test of what we make of it."""

import contextvars
from copy import deepcopy
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub import little_boxes_adapter as adapter
from activitypub.documents import Json
from activitypub.errors import DocumentError, DocumentMalformed, DocumentTooDeep, DocumentUnsupported

MARA = "https://studio.example/users/mara"
THEO = "https://gallery.example/users/theo"
FOLLOW: Json = {
    "@context": ["https://www.w3.org/ns/activitystreams", {"x": "https://x.example/"}],
    "id": "https://gallery.example/follows/1",
    "type": "Follow",
    "actor": THEO,
    "object": MARA,
}
ENVELOPES = [
    FOLLOW,
    FOLLOW | {"type": "Like", "object": f"{MARA}/posts/1"},
    FOLLOW | {"type": "Announce", "object": f"{MARA}/posts/1"},
]


@pytest.mark.parametrize("actor_type", ["Person", "Service", "Application", "Group"])
def test_every_kind_of_actor_may_act(actor_type: str) -> None:
    """It takes Person alone for an actor."""
    envelope = FOLLOW | {"actor": {"id": THEO, "type": actor_type}}
    assert adapter.build_undo(envelope)["actor"] == THEO


def test_what_is_given_is_not_written_into() -> None:
    """It appends to the caller's @context."""
    for envelope in ENVELOPES:
        before = deepcopy(envelope)
        adapter.build_undo(envelope)
        assert envelope == before
    create = {"type": "Create", "bto": ["x"], "object": {"type": "Note", "bcc": ["x"]}}
    before = deepcopy(create)
    adapter.strip_hidden_recipients(create)
    assert create == before


def test_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    for envelope in ENVELOPES:
        adapter.build_undo(envelope)
    adapter.build_accept(FOLLOW)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"type": "Create"}, DocumentUnsupported),
        ({"type": "Flag"}, DocumentUnsupported),
        ({"type": "NeverHeardOf"}, DocumentUnsupported),
        ({"type": ["Follow"]}, DocumentError),
        ({"type": None}, DocumentUnsupported),
        ({"actor": None}, DocumentMalformed),
        ({"actor": 7}, DocumentMalformed),
        ({"object": {"type": "Person"}}, DocumentMalformed),
        ({"object": {"id": MARA, "type": "Service"}}, DocumentError),
        ({"type": "Like", "object": {"id": MARA, "type": "Article"}}, DocumentError),
        ({"type": "Undo", "object": {"id": MARA, "type": "Delete"}}, DocumentUnsupported),
    ],
)
def test_its_errors_become_ours(changes: Json, error: type[DocumentError]) -> None:
    """It raises ValueError, KeyError and its own errors alike."""
    with pytest.raises(error):
        adapter.build_undo(FOLLOW | changes)


def test_an_accept_answers_a_follow() -> None:
    accept = adapter.build_accept(FOLLOW)
    follow = {key: value for key, value in FOLLOW.items() if key != "@context"}
    assert accept == {"type": "Accept", "actor": MARA, "object": follow}


def test_an_accept_answers_nothing_else() -> None:
    with pytest.raises(DocumentError):
        adapter.build_accept(ENVELOPES[1])


@pytest.mark.parametrize("kind", sorted(adapter.UNDOABLE))
def test_an_undo_takes_back(kind: str) -> None:
    """Its own build_undo forgets who an Announce's actor is."""
    activity = FOLLOW | {"type": kind, "to": [MARA]}
    undone = {key: value for key, value in activity.items() if key != "@context"}
    assert adapter.build_undo(activity) == {"type": "Undo", "actor": THEO, "object": undone}


def test_hidden_recipients_are_stripped_inside_and_outside() -> None:
    """It cleans the object of a Create alone, and fails where that is only an id."""
    hidden = {"bto": ["x"], "bcc": ["x"]}
    for kind in ("Create", "Update"):
        activity = {"type": kind, "to": ["y"], **hidden, "object": {"type": "Note", "to": ["y"], **hidden}}
        assert adapter.strip_hidden_recipients(activity) == {
            "type": kind,
            "to": ["y"],
            "object": {"type": "Note", "to": ["y"]},
        }
    named = {"type": "Create", "object": "https://a.example/bto"}
    assert adapter.strip_hidden_recipients(named | hidden) == named
    assert adapter.strip_hidden_recipients({"bto": "x"}) == {}


PAGE = {"id": "p0", "type": "CollectionPage", "items": ["b"], "next": "p1"}


@pytest.mark.parametrize(
    ("collection", "items"),
    [
        ({"type": "Collection", "items": ["a", "b"]}, ("a", "b")),
        ({"type": "OrderedCollection", "orderedItems": ["a"]}, ("a",)),
        ({"type": "Collection", "items": "a"}, ("a",)),
        ({"type": "Collection", "items": {"id": "a"}}, ({"id": "a"},)),
        ({"type": ["Collection"], "items": ["a"]}, ("a",)),
        ({"type": "Collection", "items": []}, ()),
        ({"type": "Collection", "totalItems": 7}, ()),
        ({"type": "Collection", "first": "p1"}, ("c", "d", "e")),
        ({"type": "Collection", "first": {"type": "Link", "href": "p1"}}, ("c", "d", "e")),
        ({"type": "Collection", "items": [], "first": PAGE}, ("b", "c", "d", "e")),
        ({"type": "CollectionPage", "items": ["b"], "next": {"id": "p2"}}, ("b", "e")),
        ({"type": "Collection", "first": "not at hand"}, ()),
    ],
)
def test_collections_of_every_shape_are_walked(collection: Json, items: tuple[Any, ...]) -> None:
    """It takes a string for a page, and a single item for its characters."""
    pages = {
        "p1": {"type": "CollectionPage", "items": ["c", "d"], "next": "p2"},
        "p2": {"type": "OrderedCollectionPage", "orderedItems": "e", "next": None},
    }
    assert adapter.walk_collection(collection, pages) == items


def test_a_walk_ends() -> None:
    """It follows pages for as long as there are any."""
    circle = {"p1": {"type": "CollectionPage", "next": "p2"}, "p2": {"type": "CollectionPage", "next": "p1"}}
    with pytest.raises(DocumentTooDeep):
        adapter.walk_collection({"type": "Collection", "first": "p1"}, circle)
    endless = {f"p{n}": {"type": "CollectionPage", "items": [n], "next": f"p{n + 1}"} for n in range(1000)}
    with pytest.raises(DocumentTooDeep):
        adapter.walk_collection({"type": "Collection", "first": "p0"}, endless)
    many = {"type": "Collection", "items": ["x"] * (2 * adapter.MAX_ITEMS)}
    assert len(adapter.walk_collection(many, {})) == adapter.MAX_ITEMS


@pytest.mark.parametrize("document", [{}, {"type": "Note"}, {"type": None}, {"type": 7}])
def test_only_collections_are_walked(document: Json) -> None:
    with pytest.raises(DocumentUnsupported):
        adapter.walk_collection(document, {})


def test_calls_do_not_see_each_others_documents() -> None:
    """Its backend is one for the whole process."""
    actors = [f"https://gallery.example/users/{number}" for number in range(2)]
    accepted: list[str] = []

    def accept(actor: str) -> None:
        accepted.extend(adapter.build_accept(FOLLOW | {"object": actor})["actor"] for _ in range(200))

    threads = [Thread(target=contextvars.copy_context().run, args=(accept, actor)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [accepted.count(actor) for actor in actors] == [200, 200]


json_values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=10) | st.sampled_from([THEO, "Follow", "Person", "Collection"]),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "actor", "object", "items", "first", "next"]), children, max_size=4
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["id", "type", "actor", "object", "items", "first", "next", "@context"]), json_values
    )
)
def test_whatever_it_is_given_only_our_errors_come_out(document: Json) -> None:
    for action in (
        adapter.build_accept,
        adapter.build_undo,
        adapter.strip_hidden_recipients,
        lambda collection: adapter.walk_collection(collection, {}),
    ):
        for candidate in (document, FOLLOW | document, document | {"type": "Collection"}):
            try:
                action(candidate)
            except DocumentError:
                continue
