"""NodeInfo says what its schemas allow, and what others say is read with tolerance."""

import json
from typing import Any

import jsonschema
import pytest

from activitypub.documents import Json
from activitypub.identifiers import Site
from activitypub.nodeinfo import (
    VERSIONS,
    RemoteSoftware,
    Usage,
    Version,
    build_nodeinfo,
    build_nodeinfo_links,
    media_type_of_version,
    read_nodeinfo,
    read_nodeinfo_links,
)
from tests.activitypub.shared_documents import MISSING, NODEINFO

SITE = Site("https", "studio.example")


def build(version: Version) -> Json:
    return build_nodeinfo(
        version,
        software_version="0.1.0",
        usage=Usage(artists=3, active_month=2, active_half_year=3, posts=40),
        open_registrations=False,
        title="A studio",
        repository="https://code.example/cara_fed",
        homepage="https://cara-fed.example",
    )


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.skipif(not NODEINFO.exists(), reason=MISSING)
def test_it_fits_its_schema(version: Version) -> None:
    schema = json.loads((NODEINFO / f"{version}.json").read_text())
    jsonschema.Draft4Validator(schema).validate(build(version))


def test_what_it_says() -> None:
    document = build("2.1")
    assert document["software"] == {
        "name": "cara-fed",
        "version": "0.1.0",
        "repository": "https://code.example/cara_fed",
        "homepage": "https://cara-fed.example",
    }
    assert build("2.0")["software"] == {"name": "cara-fed", "version": "0.1.0"}
    assert document["usage"] == {
        "users": {"total": 3, "activeMonth": 2, "activeHalfyear": 3},
        "localPosts": 40,
        "localComments": 0,
    }
    assert document["metadata"]["nodeName"] == "A studio"
    assert media_type_of_version("2.1") == (
        'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"'
    )


def test_where_it_is_is_found() -> None:
    links = build_nodeinfo_links(SITE)
    assert read_nodeinfo_links(links) == "https://studio.example/nodeinfo/2.1"
    assert links["links"][-1]["href"] == "https://studio.example/actor"


@pytest.mark.parametrize("links", [None, "x", [], [None], [{"rel": 7}], [{"rel": "x", "href": "https://a.example"}]])
def test_links_that_lead_nowhere(links: Any) -> None:
    assert read_nodeinfo_links({"links": links}) is None


@pytest.mark.parametrize(
    ("software", "found"),
    [
        ({"name": "Mastodon", "version": "4.5.0"}, RemoteSoftware("mastodon", "4.5.0")),
        ({"name": "gotosocial", "version": None}, RemoteSoftware("gotosocial", "")),
        ({"name": "evil <script>"}, None),
        ({"name": 7}, None),
        ("mastodon", None),
        (None, None),
    ],
)
def test_others_software_is_read(software: object, found: RemoteSoftware | None) -> None:
    assert read_nodeinfo({"software": software}) == found
