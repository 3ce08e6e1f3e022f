"""From handles to actors and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.documents import Json
from activitypub.errors import DocumentMalformed
from activitypub.identifiers import ArtistRef, Handle, InstanceActor, Located, Site
from activitypub.webfinger import (
    build_host_meta,
    build_host_meta_json,
    build_jrd,
    fill_template,
    locate_resource,
    read_host_meta,
    read_jrd,
    read_template,
)

SITE = Site("https", "studio.example")
MARA = Handle("mara", "studio.example")
THEO = Handle("theo", "gallery.example")
ACTOR = "https://gallery.example/users/theo"
SELF = {"rel": "self", "type": "application/activity+json", "href": ACTOR}


def test_an_answer_word_for_word() -> None:
    assert build_jrd(MARA, SITE.actor("mara"), SITE.profile_page("mara"), SITE) == {
        "subject": "acct:mara@studio.example",
        "aliases": ["https://studio.example/@mara", "https://studio.example/users/mara"],
        "links": [
            {
                "rel": "http://webfinger.net/rel/profile-page",
                "type": "text/html",
                "href": "https://studio.example/@mara",
            },
            {"rel": "self", "type": "application/activity+json", "href": "https://studio.example/users/mara"},
            {
                "rel": "http://ostatus.org/schema/1.0/subscribe",
                "template": "https://studio.example/authorize_interaction?uri={uri}",
            },
        ],
    }


def test_an_avatar_can_be_named() -> None:
    jrd = build_jrd(
        MARA, SITE.actor("mara"), SITE.profile_page("mara"), SITE, ("image/png", "https://studio.example/a")
    )
    assert jrd["links"][-1]["rel"] == "http://webfinger.net/rel/avatar"


def test_our_own_answer_is_read_back() -> None:
    found = read_jrd(build_jrd(MARA, SITE.actor("mara"), SITE.profile_page("mara"), SITE), MARA)
    assert found.confirms(MARA, SITE.actor("mara"))
    assert found.profile_page == "https://studio.example/@mara"
    assert found.subscribe_template is not None
    assert fill_template(found.subscribe_template, "https://a.example/?b=1&c") == (
        "https://studio.example/authorize_interaction?uri=https%3A%2F%2Fa.example%2F%3Fb%3D1%26c"
    )


@pytest.mark.parametrize(
    ("resource", "located"),
    [
        ("acct:mara@studio.example", ArtistRef("mara")),
        ("acct:Mara@STUDIO.example", ArtistRef("Mara")),
        ("acct:mara%40studio.example", ArtistRef("mara")),
        ("mara@studio.example", ArtistRef("mara")),
        ("@mara@studio.example", ArtistRef("mara")),
        ("https://studio.example/users/mara", ArtistRef("mara")),
        ("https://studio.example/@mara", ArtistRef("mara")),
        ("acct:studio.example@studio.example", InstanceActor()),
        ("https://studio.example/actor", InstanceActor()),
        ("https://studio.example/", InstanceActor()),
        ("https://studio.example", InstanceActor()),
        ("acct:mara@elsewhere.example", None),
        ("acct:mara", None),
        ("https://studio.example/users/mara/posts/1", None),
        ("https://elsewhere.example/users/mara", None),
        ("", None),
        ("acct:", None),
        ("javascript:alert(1)", None),
    ],
)
def test_whom_a_resource_asks_for(resource: str, located: Located | None) -> None:
    assert locate_resource(resource, SITE) == located


def test_a_domain_with_a_port_is_asked_for_with_it() -> None:
    site = Site("http", "localhost:8080")
    assert locate_resource("acct:mara@localhost:8080", site) == ArtistRef("mara")
    assert locate_resource("acct:localhost@localhost:8080", site) == InstanceActor()
    assert locate_resource("acct:mara@localhost", site) is None


@pytest.mark.parametrize(
    ("changes", "subject", "actor_id"),
    [
        ({}, THEO, ACTOR),
        ({"subject": "acct:Theo@Gallery.example"}, Handle("Theo", "gallery.example"), ACTOR),
        ({"subject": "acct:theo@home.example"}, Handle("theo", "home.example"), ACTOR),
        ({"subject": None}, THEO, ACTOR),
        ({"subject": "https://gallery.example/theo"}, THEO, ACTOR),
        ({"links": SELF}, THEO, ACTOR),
        (
            {
                "links": [
                    {"rel": "self", "type": "text/html", "href": "https://gallery.example/"},
                    {"rel": "self", "type": 'application/ld+json; profile="x"', "href": ACTOR},
                ]
            },
            THEO,
            ACTOR,
        ),
    ],
)
def test_others_answers_are_read(changes: Json, subject: Handle, actor_id: str) -> None:
    found = read_jrd({"subject": "acct:theo@gallery.example", "links": [SELF]} | changes, THEO)
    assert (found.subject, found.actor_id) == (subject, actor_id)
    assert found.confirms(THEO) is (subject.acct.lower() == THEO.acct)


@pytest.mark.parametrize(
    "changes",
    [
        {"links": None},
        {"links": "x"},
        {"links": [{"rel": "self", "type": "application/activity+json", "href": "acct:x"}]},
        {"links": [{"rel": "self", "href": ACTOR}]},
        {"links": [{"rel": "alternate", "type": "application/activity+json", "href": ACTOR}]},
        {"subject": "acct:no domain"},
    ],
)
def test_answers_about_nobody_are_refused(changes: Json) -> None:
    with pytest.raises(DocumentMalformed):
        read_jrd({"subject": "acct:theo@gallery.example", "links": [SELF]} | changes, THEO)


def test_an_answer_about_another_handle_does_not_confirm() -> None:
    spoof = read_jrd({"subject": "acct:boss@big.example", "links": [SELF]}, THEO)
    assert not spoof.confirms(THEO)
    assert not read_jrd({"links": [SELF]}, THEO).confirms(THEO, "https://gallery.example/users/eve")


def test_host_meta_says_where_webfinger_is() -> None:
    template = "https://studio.example/.well-known/webfinger?resource={uri}"
    assert build_host_meta_json(SITE)["links"][0]["template"] == template
    assert build_host_meta(SITE).startswith('<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns=')
    assert read_host_meta(build_host_meta(SITE)) == template


@pytest.mark.parametrize(
    ("xrd", "template"),
    [
        ("<XRD><Link rel='lrdd' template='https://h.example/wf?r={uri}'/></XRD>", "https://h.example/wf?r={uri}"),
        ('<hm:Link template="https://h.example/wf?a=1&amp;r={uri}" rel="lrdd">', "https://h.example/wf?a=1&r={uri}"),
        ('<Link rel="lrdd" type="application/xrd+xml" template="https://h.example/{uri}"/>', None),
        ('<Link rel="other" template="https://h.example/{uri}"/>', None),
        ('<Link rel="lrdd" template="https://h.example/"/>', None),
        ('<Link rel="lrdd" template="javascript:{uri}"/>', None),
        ("", None),
    ],
)
def test_others_host_meta_is_read(xrd: str, template: str | None) -> None:
    assert read_host_meta(xrd) == template


@pytest.mark.parametrize(
    "value", [None, 7, "https://a.example/", "{uri}", "ftp://a.example/{uri}", "https://{uri}" + "x" * 3000]
)
def test_impossible_templates_are_refused(value: object) -> None:
    assert read_template(value) is None


@given(st.text())
def test_no_resource_or_host_meta_is_too_strange(text: str) -> None:
    locate_resource(text, SITE)
    read_host_meta(text)
