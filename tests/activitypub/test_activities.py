"""Activities as they come from many servers, and as we send them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.activities import (
    build_accept,
    build_add,
    build_announce,
    build_block,
    build_create,
    build_delete,
    build_flag,
    build_follow,
    build_like,
    build_move,
    build_reject,
    build_remove,
    build_undo,
    build_update,
    is_made_id,
    read_activity,
    read_inner_activity,
    read_reaction,
    read_report,
)
from activitypub.actors import build_actor
from activitypub.audience import Audience
from activitypub.documents import Json
from activitypub.errors import ActorMismatch, DocumentError, DocumentMalformed
from activitypub.notes import build_note, build_tombstone
from activitypub.vocabulary import AS2, CONTEXT, PUBLIC
from tests.activitypub.jsonld import dropped_or_blank
from tests.activitypub.test_actors import PROFILE
from tests.activitypub.test_notes_build import MARA, NOON, POST, SITE

THEO = "https://gallery.example/users/theo"
ID = "https://studio.example/users/mara/activities/9"
FOLLOWERS = f"{MARA}/followers"
FOLLOW: Json = {"id": "https://gallery.example/follows/1", "type": "Follow", "actor": THEO, "object": MARA}


def test_a_create_wraps_the_note_as_it_is() -> None:
    note = build_note(POST)
    create = build_create(note, activity_id=SITE.create("mara", 7))
    assert create == {
        "@context": CONTEXT,
        "id": "https://studio.example/users/mara/posts/7/create",
        "type": "Create",
        "actor": MARA,
        "published": "2026-11-21T12:00:00Z",
        "to": [PUBLIC],
        "cc": [FOLLOWERS],
        "object": {key: value for key, value in note.items() if key != "@context"},
    }
    assert dropped_or_blank(create) == []


def test_hidden_recipients_never_leave() -> None:
    note = build_note(POST) | {"bto": [THEO], "bcc": [THEO]}
    for activity in (build_create(note, activity_id=ID), build_update(note, activity_id=ID, updated=NOON)):
        assert not {"bto", "bcc"} & (set(activity) | set(activity["object"]))
    assert note["bcc"] == [THEO]


def test_an_update_of_a_note_goes_where_the_note_went() -> None:
    update = build_update(build_note(POST), activity_id=ID, updated=NOON)
    assert (update["type"], update["actor"], update["to"], update["cc"]) == ("Update", MARA, [PUBLIC], [FOLLOWERS])
    assert update["object"]["type"] == "Note"
    assert "@context" not in update["object"]


def test_an_update_of_an_actor_goes_to_everyone() -> None:
    update = build_update(build_actor(PROFILE, SITE), activity_id=ID, updated=NOON)
    assert (update["actor"], update["to"], update["cc"]) == (MARA, [PUBLIC], [FOLLOWERS])
    assert (update["object"]["id"], update["updated"]) == (MARA, "2026-11-21T12:00:00Z")
    assert dropped_or_blank(update) == []
    few = build_update(build_actor(PROFILE, SITE), activity_id=ID, updated=NOON, audience=Audience((THEO,)))
    assert (few["to"], few["cc"]) == ([THEO], [])


def test_a_delete_names_the_tombstone_or_the_actor() -> None:
    everyone = Audience((PUBLIC,), (FOLLOWERS,))
    tombstone = build_tombstone(POST.object_id, NOON)
    deleted = build_delete(tombstone, activity_id=ID, actor_id=MARA, audience=everyone)
    assert deleted["object"] == {key: value for key, value in tombstone.items() if key != "@context"}
    assert (deleted["to"], deleted["cc"]) == ([PUBLIC], [FOLLOWERS])
    assert build_delete(MARA, activity_id=ID, actor_id=MARA, audience=everyone)["object"] == MARA


@pytest.mark.parametrize(("build", "name"), [(build_accept, "Accept"), (build_reject, "Reject")])
def test_a_follow_is_answered_with_the_follow_inside(build: Any, name: str) -> None:
    answer = build(activity_id=ID, actor_id=MARA, follow_id=FOLLOW["id"], follower_id=THEO)
    assert answer == {"@context": [AS2], "id": ID, "type": name, "actor": MARA, "object": FOLLOW, "to": [THEO]}
    assert read_inner_activity(read_activity(answer)).activity_id == FOLLOW["id"]


@pytest.mark.parametrize("build", [build_accept, build_reject])
def test_an_id_that_we_made_is_not_told_to_its_sender(build: Any) -> None:
    follow = read_activity({key: value for key, value in FOLLOW.items() if key != "id"})
    answer = build(activity_id=ID, actor_id=MARA, follow_id=follow.activity_id, follower_id=THEO)
    assert answer["object"] == {"type": "Follow", "actor": THEO, "object": MARA}


def simple_activities() -> list[Json]:
    return [
        build_follow(activity_id=ID, actor_id=MARA, target_id=THEO),
        build_like(activity_id=ID, actor_id=MARA, object_id=f"{THEO}/1", author_id=THEO),
        build_announce(
            activity_id=ID,
            actor_id=MARA,
            object_id=f"{THEO}/1",
            author_id=THEO,
            followers_id=FOLLOWERS,
            published=NOON,
        ),
        build_block(activity_id=ID, actor_id=MARA, target_id=THEO),
        build_flag(activity_id=ID, actor_id=SITE.instance_actor, object_ids=[THEO, f"{THEO}/1"], content="spam"),
        build_move(activity_id=ID, actor_id=MARA, target_id="https://new.example/users/mara", followers_id=FOLLOWERS),
        *(
            build(
                activity_id=ID,
                actor_id=MARA,
                object_id=f"{MARA}/posts/1",
                collection_id=f"{MARA}/featured",
                followers_id=FOLLOWERS,
            )
            for build in (build_add, build_remove)
        ),
    ]


@pytest.mark.parametrize("activity", simple_activities(), ids=lambda activity: activity["type"])
def test_simple_activities_are_read_back(activity: Json) -> None:
    read = read_activity(activity)
    assert (read.activity_id, read.activity_type, read.actor_id) == (ID, activity["type"], activity["actor"])
    assert activity["@context"] == [AS2]
    assert dropped_or_blank(activity) == []


def test_what_simple_activities_say() -> None:
    follow, like, announce, block, flag, move, add, remove = simple_activities()
    assert (follow["object"], follow["to"]) == (THEO, [THEO])
    assert (like["object"], like["to"]) == (f"{THEO}/1", [THEO])
    assert (announce["object"], announce["to"], announce["cc"]) == (f"{THEO}/1", [PUBLIC], [FOLLOWERS, THEO])
    assert (block["object"], block["to"]) == (THEO, [THEO])
    assert (flag["object"], flag["content"]) == ([THEO, f"{THEO}/1"], "spam")
    assert (move["object"], move["target"], move["to"]) == (MARA, "https://new.example/users/mara", [FOLLOWERS])
    for activity in (add, remove):
        assert (activity["object"], activity["target"]) == (f"{MARA}/posts/1", f"{MARA}/featured")
        assert (activity["to"], activity["cc"]) == ([PUBLIC], [FOLLOWERS])


@pytest.mark.parametrize("activity", simple_activities()[:4], ids=lambda activity: activity["type"])
def test_what_was_sent_can_be_taken_back(activity: Json) -> None:
    undo = build_undo(activity, activity_id=f"{ID}0")
    inner = read_inner_activity(read_activity(undo))
    assert (undo["id"], undo["type"], undo["actor"]) == (f"{ID}0", "Undo", MARA)
    assert undo["object"] == {key: value for key, value in activity.items() if key != "@context"}
    assert undo.get("to") == activity.get("to")
    assert (inner.activity_type, inner.activity_id) == (activity["type"], ID)


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"actor": {"id": THEO, "type": "Person"}}, "actor_id", THEO),
        ({"actor": [THEO]}, "actor_id", THEO),
        ({"type": ["Follow"]}, "activity_type", "Follow"),
        ({"type": "EmojiReact"}, "activity_type", "EmojiReact"),
        ({"type": "NeverHeardOf"}, "activity_type", "NeverHeardOf"),
        ({"object": {"id": MARA, "type": "Person"}}, "object_id", MARA),
        ({"object": {"id": MARA, "type": "Person"}}, "object_types", ("Person",)),
        ({"object": MARA}, "object_types", ()),
        ({"object": MARA}, "object_document", None),
        ({"object": {"id": MARA}}, "object_document", None),
        ({"object": {"type": "Link", "href": MARA}}, "object_id", MARA),
        ({"object": {"type": "Link", "href": MARA}}, "object_document", None),
        ({"object": [MARA, {"id": f"{MARA}/posts/1", "type": "Note"}, None]}, "object_ids", (MARA, f"{MARA}/posts/1")),
        ({"object": None}, "object_id", None),
        ({"object": {"type": "Follow", "actor": THEO}}, "object_id", None),
        ({"target": {"id": "https://new.example/t"}}, "target_id", "https://new.example/t"),
        ({"to": "as:Public", "cc": [MARA]}, "audience", Audience((PUBLIC,), (MARA,))),
        ({"published": "2026-11-21T12:00:00Z"}, "published", NOON),
    ],
)
def test_activities_of_every_shape_are_read(changes: Json, field: str, value: object) -> None:
    assert getattr(read_activity(FOLLOW | changes), field) == value


def test_an_embedded_object_inherits_the_context() -> None:
    create = {
        "@context": [AS2, {"x": "https://x.example/"}],
        "type": "Create",
        "actor": THEO,
        "object": {"type": "Note"},
    }
    assert read_activity(create).object_document == {"@context": create["@context"], "type": "Note"}
    own = create | {"object": {"@context": AS2, "type": "Note"}}
    assert read_activity(own).object_document == {"@context": AS2, "type": "Note"}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"type": "Follow"},
        {"actor": THEO},
        {"type": "Follow", "actor": "acct:theo@gallery.example"},
        {"type": "Note", "actor": THEO},
        {"type": "Person", "actor": THEO},
        {"type": "OrderedCollection", "actor": THEO},
        {"type": "x" * 101, "actor": THEO},
        {"type": {}, "actor": THEO},
    ],
)
def test_what_is_no_activity_is_refused(document: Json) -> None:
    with pytest.raises(DocumentMalformed):
        read_activity(document)


def test_an_activity_without_an_id_gets_a_stable_one() -> None:
    undo = {"type": "Undo", "actor": THEO, "object": FOLLOW}
    made = read_activity(undo).activity_id
    assert made.startswith(f"{THEO}#")
    assert is_made_id(made)
    assert not is_made_id(read_activity(FOLLOW).activity_id)
    assert (
        read_activity({"object": FOLLOW, "actor": THEO, "type": "Undo", "signature": {}, "@context": AS2}).activity_id
        == made
    )
    assert read_activity(undo | {"object": FOLLOW | {"id": "https://gallery.example/follows/2"}}).activity_id != made
    assert is_made_id(read_activity(undo | {"id": "tag:gallery.example,2026:1"}).activity_id)


def test_an_undo_takes_back_its_own_actors_activity() -> None:
    undo = {"id": "https://gallery.example/undos/1", "type": "Undo", "actor": THEO, "object": FOLLOW}
    assert read_inner_activity(read_activity(undo)).object_id == MARA
    nameless = undo | {"object": {"type": "Follow", "object": MARA}}
    inner = read_inner_activity(read_activity(nameless))
    assert (inner.actor_id, is_made_id(inner.activity_id)) == (THEO, True)
    with pytest.raises(ActorMismatch):
        read_inner_activity(read_activity(undo | {"actor": "https://gallery.example/users/eve"}))


@pytest.mark.parametrize("kind", ["Accept", "Reject"])
def test_an_answer_comes_from_whom_was_asked(kind: str) -> None:
    asked = {"id": f"{MARA}/follows/1", "type": "Follow", "actor": MARA, "object": THEO}
    answer = {"id": "https://gallery.example/a/1", "type": kind, "actor": THEO, "object": asked}
    assert read_inner_activity(read_activity(answer)).activity_id == asked["id"]
    with pytest.raises(ActorMismatch):
        read_inner_activity(read_activity(answer | {"actor": "https://gallery.example/users/eve"}))


def test_a_request_to_quote_is_answered_by_the_posts_server() -> None:
    request = {
        "id": f"{MARA}/q/1",
        "type": "QuoteRequest",
        "actor": MARA,
        "object": f"{THEO}/posts/1",
        "instrument": "x",
    }
    answer = {"id": "https://gallery.example/a/1", "type": "Accept", "actor": THEO, "object": request}
    assert read_inner_activity(read_activity(answer)).activity_type == "QuoteRequest"
    with pytest.raises(ActorMismatch):
        read_inner_activity(read_activity(answer | {"actor": "https://elsewhere.example/eve"}))


@pytest.mark.parametrize("inner", [FOLLOW["id"], None, {"id": FOLLOW["id"]}])
def test_an_inner_activity_that_is_only_named_has_to_be_looked_up(inner: object) -> None:
    activity = read_activity({"type": "Undo", "actor": THEO, "object": inner})
    with pytest.raises(DocumentMalformed):
        read_inner_activity(activity)


@pytest.mark.parametrize(
    ("document", "reaction"),
    [
        ({"type": "Like"}, None),
        ({"type": "Like", "content": ""}, None),
        ({"type": "EmojiReact", "content": "🎨"}, ("🎨", None)),
        ({"type": "Like", "_misskey_reaction": "👍"}, ("👍", None)),
    ],
)
def test_reactions_are_read(document: Json, reaction: object) -> None:
    assert read_reaction(read_activity({"actor": THEO, "object": MARA} | document)) == reaction


def test_a_custom_reaction_brings_its_picture() -> None:
    tag = {"type": "Emoji", "name": ":blob:", "icon": {"type": "Image", "url": "https://gallery.example/blob.png"}}
    found = read_reaction(
        read_activity({"type": "Like", "actor": THEO, "object": MARA, "content": ":blob:", "tag": [tag]})
    )
    assert found is not None
    assert found[1] is not None
    assert found[1].url == "https://gallery.example/blob.png"


def test_a_report_is_plain_text() -> None:
    flag = read_activity({"type": "Flag", "actor": THEO, "object": [MARA], "content": "<p>This &amp; that</p>"})
    assert read_report(flag) == "This & that"


def test_a_note_that_changes_keeps_its_create() -> None:
    later = replace(POST, updated=datetime(2026, 11, 22, tzinfo=UTC))
    create = build_create(build_note(later), activity_id=SITE.create("mara", 7))
    assert (create["published"], create["object"]["updated"]) == ("2026-11-21T12:00:00Z", "2026-11-22T00:00:00Z")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(THEO) | st.just("Follow"),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "actor", "object", "href"]), children, max_size=4)
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(["id", "type", "actor", "object", "target", "to", "content", "tag"]), json_values)
)
def test_no_document_breaks_the_reader(document: Json) -> None:
    for candidate in (
        document,
        {"actor": THEO, "type": "Undo"} | document,
        document | {"actor": THEO, "type": "Accept"},
    ):
        try:
            activity = read_activity(candidate)
            read_reaction(activity)
            read_report(activity)
            read_inner_activity(activity)
        except (DocumentError, ActorMismatch):
            continue
