"""Our actors say all that others read; others' actors are read whatever their shape, within bounds."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.actors import (
    ActorPicture,
    ActorProfile,
    ProfileField,
    RemotePicture,
    build_actor,
    build_actor_stub,
    build_actor_tombstone,
    build_instance_actor,
    read_actor,
)
from activitypub.documents import dump_document, parse_document
from activitypub.errors import DocumentError, DocumentMalformed, DocumentUnsupported
from activitypub.identifiers import Handle, Site
from activitypub.keys import PublicKey, generate_ed25519, generate_rsa, read_keys
from activitypub.opt_out import OptOut, signals
from activitypub.tags import Hashtag
from activitypub.vocabulary import AS2, SECURITY
from tests.activitypub.jsonld import dropped_or_blank, expand

SITE = Site("https", "studio.example")
MARA = "https://studio.example/users/mara"
RSA, ED25519 = generate_rsa(), generate_ed25519()
KEYS = (
    PublicKey(f"{MARA}#main-key", MARA, "rsa", RSA.public_pem),
    PublicKey(f"{MARA}#ed25519-key", MARA, "ed25519", ED25519.public_pem),
)
PROFILE = ActorProfile(
    name="mara",
    display_name="Mara Vale",
    keys=KEYS,
    signals=signals(OptOut.NO_AI_TRAINING, base_url=SITE.base),
    published=datetime(2026, 11, 21, 13, 37, tzinfo=UTC),
    summary="<p>I paint <a href='https://studio.example/tags/birds'>#birds</a></p>",
    fields=(ProfileField("Shop", '<a href="https://shop.example" rel="me">shop.example</a>'),),
    avatar=ActorPicture("https://studio.example/media/a/1.jpg", "image/jpeg", "A heron"),
    header=ActorPicture("https://studio.example/media/a/2.jpg", "image/jpeg"),
    hashtags=(Hashtag("birds", "https://studio.example/tags/birds"),),
    also_known_as=("https://old.example/users/mara",),
    moved_to="https://new.example/users/mara",
    attribution_domains=("mara.example",),
)
ACTOR = build_actor(PROFILE, SITE)
REMOTE: dict[str, Any] = {
    "id": "https://gallery.example/users/theo",
    "type": "Person",
    "inbox": "https://gallery.example/users/theo/inbox",
}


def test_an_actor_says_all_that_others_read() -> None:
    assert ACTOR["@context"][:2] == [AS2, SECURITY]
    assert {
        key: ACTOR[key] for key in ("id", "type", "preferredUsername", "name", "url", "webfinger", "published")
    } == {
        "id": MARA,
        "type": "Person",
        "preferredUsername": "mara",
        "name": "Mara Vale",
        "url": "https://studio.example/@mara",
        "webfinger": "mara@studio.example",
        "published": "2026-11-21T00:00:00Z",
    }
    assert [ACTOR[key] for key in ("inbox", "outbox", "followers", "following", "featured", "featuredTags")] == [
        f"{MARA}/{end}" for end in ("inbox", "outbox", "followers", "following", "featured", "featured_tags")
    ]
    assert ACTOR["endpoints"] == {"sharedInbox": "https://studio.example/inbox"}
    assert (ACTOR["discoverable"], ACTOR["indexable"], ACTOR["manuallyApprovesFollowers"]) == (True, True, False)
    assert ACTOR["icon"] == {
        "type": "Image",
        "mediaType": "image/jpeg",
        "url": "https://studio.example/media/a/1.jpg",
        "name": "A heron",
        "summary": "A heron",
    }
    assert ACTOR["attributionDomains"] == ["mara.example"]
    assert ACTOR["otherSetting"] == [{"type": "PropertyValue", "name": "noai", "value": True}]


def test_a_processor_understands_every_word_of_it() -> None:
    instance = build_instance_actor(SITE, title="A studio", keys=KEYS, signals=PROFILE.signals)
    for document in (ACTOR, build_actor_stub(PROFILE, SITE), instance):
        assert dropped_or_blank(document) == []
    expanded = expand(ACTOR)
    method = expanded["https://w3id.org/security#assertionMethod"][0]
    assert method["@type"] == ["https://w3id.org/security#Multikey"]
    assert method["https://w3id.org/security#controller"] == [{"@id": MARA}]
    assert expanded["http://joinmastodon.org/ns#attributionDomains"] == [{"@value": "mara.example"}]


def test_its_keys_are_found_by_readers_of_keys() -> None:
    assert read_keys(ACTOR) == KEYS
    assert read_keys(build_actor_stub(PROFILE, SITE)) == KEYS
    assert ACTOR["assertionMethod"][0]["publicKeyMultibase"].startswith("z6Mk")


def test_it_survives_the_wire_and_is_read_as_it_was_meant() -> None:
    actor = read_actor(parse_document(dump_document(ACTOR)))
    assert (actor.actor_id, actor.name, actor.display_name) == (MARA, "mara", "Mara Vale")
    assert actor.webfinger == Handle("mara", "studio.example")
    assert actor.avatar == RemotePicture("https://studio.example/media/a/1.jpg", "A heron")
    assert actor.fields[0].name == "Shop"
    assert actor.tags.hashtags == PROFILE.hashtags
    assert actor.opt_out.policy is OptOut.NO_AI_TRAINING
    assert (actor.moved_to, actor.also_known_as) == (PROFILE.moved_to, PROFILE.also_known_as)
    assert actor.attribution_domains == ("mara.example",)


def test_no_automated_use_overrides_the_wish_to_be_found() -> None:
    hidden = build_actor(replace(PROFILE, signals=signals(OptOut.NO_AUTOMATED_USE, base_url=SITE.base)), SITE)
    assert (hidden["discoverable"], hidden["indexable"]) == (False, False)


def test_what_an_artist_does_not_have_is_not_said() -> None:
    bare = ActorProfile("mara", "", (), signals(OptOut.UNSET, base_url=SITE.base), PROFILE.published)
    document = build_actor(bare, SITE)
    assert document["name"] == "mara"
    absent = {"icon", "image", "alsoKnownAs", "movedTo", "attributionDomains", "publicKey", "assertionMethod"}
    assert not (absent | {"tdm:reservation", "otherSetting", "xRobotsTag", "plus:DataMining"}) & set(document)


def test_the_stub_tells_nothing_about_the_person() -> None:
    stub = build_actor_stub(PROFILE, SITE)
    assert set(stub) == {
        *("@context", "id", "type", "preferredUsername", "inbox", "publicKey", "assertionMethod", "generator"),
        *("tdm:reservation", "tdm:policy", "plus:DataMining", "xRobotsTag", "usageInfo", "otherSetting"),
    }


@pytest.mark.parametrize(
    ("domain", "name", "acct"),
    [
        ("studio.example", "studio.example", "studio.example@studio.example"),
        ("localhost:8080", "localhost", "localhost@localhost:8080"),
        ("[::1]:8080", "--1", "--1@[::1]:8080"),
    ],
)
def test_the_instance_actor_leads_back_to_itself(domain: str, name: str, acct: str) -> None:
    site = Site("http", domain)
    actor = build_instance_actor(site, title="A studio", keys=(), signals=PROFILE.signals)
    assert (actor["type"], actor["preferredUsername"], actor["webfinger"]) == ("Application", name, acct)
    assert actor["id"] == f"http://{domain}/actor"
    assert read_actor(actor).name == name


def test_a_deleted_artist_leaves_a_tombstone() -> None:
    tombstone = build_actor_tombstone("mara", SITE, PROFILE.published)
    assert (tombstone["id"], tombstone["type"], tombstone["formerType"]) == (MARA, "Tombstone", "Person")


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"type": ["Person", "foaf:Person"]}, "actor_type", "Person"),
        ({"type": "Service"}, "actor_type", "Service"),
        ({"preferredUsername": "Theo"}, "name", "Theo"),
        ({"preferredUsername": "th eo@/x"}, "name", "theox"),
        ({"preferredUsername": None}, "name", "theo"),
        ({"preferredUsername": None, "webfinger": "acct:t@home.example"}, "name", "t"),
        ({"id": "https://gallery.example/", "preferredUsername": 7}, "name", "gallery.example"),
        ({"id": "https://gallery.example/%40theo?x#y"}, "name", "theo"),
        ({"name": None}, "display_name", "theo"),
        ({"name": "  T\nheo\u202e "}, "display_name", "T heo"),
        ({"nameMap": {"de": "Theo Groß"}}, "display_name", "Theo Groß"),
        ({"summary": "<p onclick=x>Hi</p><script>y</script>"}, "summary", "<p>Hi</p>"),
        ({"summary": None}, "summary", ""),
        ({"url": "https://gallery.example/@theo"}, "url", "https://gallery.example/@theo"),
        ({"url": None}, "url", REMOTE["id"]),
        (
            {
                "url": [
                    {"type": "Link", "href": "https://gallery.example/feed", "mediaType": "application/rss+xml"},
                    {"type": "Link", "href": "https://gallery.example/theo", "mediaType": "text/html"},
                ]
            },
            "url",
            "https://gallery.example/theo",
        ),
        ({"url": {"type": "Link", "href": "https://gallery.example/theo"}}, "url", "https://gallery.example/theo"),
        ({"url": "javascript:alert(1)"}, "url", REMOTE["id"]),
        (
            {"endpoints": {"sharedInbox": "https://gallery.example/inbox"}},
            "shared_inbox",
            "https://gallery.example/inbox",
        ),
        ({"sharedInbox": "https://gallery.example/inbox"}, "shared_inbox", "https://gallery.example/inbox"),
        ({"endpoints": "https://gallery.example/#endpoints"}, "shared_inbox", None),
        ({"followers": {"id": "https://gallery.example/f", "totalItems": 3}}, "followers", "https://gallery.example/f"),
        ({"icon": "https://gallery.example/i.png"}, "avatar", RemotePicture("https://gallery.example/i.png", "")),
        (
            {"icon": [None, {"type": "Image", "url": [{"href": "https://gallery.example/i.png"}], "name": "me"}]},
            "avatar",
            RemotePicture("https://gallery.example/i.png", "me"),
        ),
        ({"icon": {"type": "Image", "url": None}}, "avatar", None),
        (
            {
                "icon": [
                    {"url": "https://gallery.example/48", "width": 48},
                    {"url": "https://gallery.example/120", "width": 120},
                ]
            },
            "avatar",
            RemotePicture("https://gallery.example/120", ""),
        ),
        (
            {"image": {"url": "https://gallery.example/i.png", "summary": "s", "name": "n"}},
            "header",
            RemotePicture("https://gallery.example/i.png", "s"),
        ),
        (
            {"attachment": {"type": "PropertyValue", "name": "Web", "value": "<b>x</b><img src=y>"}},
            "fields",
            (ProfileField("Web", "<b>x</b>"),),
        ),
        (
            {
                "attachment": [
                    {"type": "Link", "name": "Web", "href": "https://w.example/?a&b"},
                    "junk",
                    {"type": "Key"},
                ]
            },
            "fields",
            (
                ProfileField(
                    "Web",
                    '<a href="https://w.example/?a&amp;b" rel="nofollow noopener">https://w.example/?a&amp;b</a>',
                ),
            ),
        ),
        ({"attachment": [{"type": "Note", "name": "Age", "content": "old"}]}, "fields", (ProfileField("Age", "old"),)),
        ({"alsoKnownAs": "https://old.example/theo"}, "also_known_as", ("https://old.example/theo",)),
        ({"alsoKnownAs": ["at://did:plc:x", {"id": "https://o.example/t"}]}, "also_known_as", ("https://o.example/t",)),
        ({"movedTo": {"id": "https://new.example/t"}}, "moved_to", "https://new.example/t"),
        ({"manuallyApprovesFollowers": "true"}, "manually_approves", True),
        ({"discoverable": True}, "discoverable", True),
        ({}, "discoverable", False),
        ({"indexable": "yes"}, "indexable", False),
        ({"published": "2026-11-21T00:00:00Z"}, "published", datetime(2026, 11, 21, tzinfo=UTC)),
        ({"webfinger": "theo@home.example"}, "webfinger", Handle("theo", "home.example")),
        ({"webfinger": "not a handle"}, "webfinger", None),
        ({"attributionDomains": ["Blog.example", 7, "blog.example"]}, "attribution_domains", ("blog.example",)),
        ({"type": "Application"}, "is_bot", True),
        ({}, "is_bot", False),
    ],
)
def test_actors_of_every_shape_are_read(changes: dict[str, Any], field: str, value: object) -> None:
    assert getattr(read_actor(REMOTE | changes), field) == value


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"type": "Note"}, DocumentUnsupported),
        ({"type": "Tombstone"}, DocumentUnsupported),
        ({"type": None}, DocumentUnsupported),
        ({"id": None}, DocumentMalformed),
        ({"id": "acct:theo@gallery.example"}, DocumentMalformed),
        ({"id": ["a"]}, DocumentMalformed),
        ({"inbox": None}, DocumentMalformed),
        ({"inbox": "ftp://gallery.example/inbox"}, DocumentMalformed),
    ],
)
def test_what_can_be_no_actor_is_refused(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        read_actor(REMOTE | changes)


def test_everything_is_bounded() -> None:
    huge = "x" * 1_000_000
    line = {"type": "PropertyValue", "name": huge, "value": huge}
    actor = read_actor(
        REMOTE
        | {
            "preferredUsername": huge,
            "name": huge,
            "summary": huge,
            "attachment": [line] * 1000,
            "tag": [{"type": "Hashtag", "name": huge}] * 1000,
            "alsoKnownAs": [f"https://a.example/{n}" for n in range(10_000)],
            "attributionDomains": [f"a{n}.example" for n in range(10_000)],
            "icon": {"url": "https://a.example/i", "name": huge},
        }
    )
    assert len(repr(actor)) < 300_000
    assert len(actor.fields) == 50
    assert len(actor.also_known_as) == 256


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("https://a.example/x"),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "href", "url", "name", "value", "@value"]), children, max_size=3
        )
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from([*ACTOR, "sharedInbox", "nameMap", "memorial"]), json_values))
def test_no_document_breaks_the_reader(document: dict[str, Any]) -> None:
    for candidate in (document, REMOTE | document, document | REMOTE):
        try:
            read_actor(candidate)
        except DocumentError:
            continue


def test_a_retired_rsa_key_stays_readable_beside_the_one_that_signs() -> None:
    retired = PublicKey(f"{MARA}#key-1", MARA, "rsa", generate_rsa().public_pem)
    actor = build_actor(replace(PROFILE, keys=(*PROFILE.keys, retired)), SITE)
    assert actor["publicKey"]["id"] == f"{MARA}#main-key"
    assert [key["id"] for key in actor["assertionMethod"]][-1] == retired.key_id
    assert retired in read_keys(actor)
