"""Our visibilities written for others, theirs read back."""

import pytest

from activitypub.audience import MAX_ADDRESSES, Audience, Visibility, build_audience, read_audience, read_visibility
from activitypub.identifiers import Site
from activitypub.vocabulary import PUBLIC

SITE = Site("https", "studio.example")
FOLLOWERS = "https://studio.example/users/mara/followers"
THEO = "https://gallery.example/users/theo"


@pytest.mark.parametrize(
    ("visibility", "audience"),
    [
        (Visibility.PUBLIC, Audience((PUBLIC,), (FOLLOWERS, THEO))),
        (Visibility.UNLISTED, Audience((FOLLOWERS,), (PUBLIC, THEO))),
        (Visibility.FOLLOWERS, Audience((FOLLOWERS,), (THEO,))),
        (Visibility.DIRECT, Audience((THEO,))),
    ],
)
def test_each_visibility_is_written_and_read_back(visibility: Visibility, audience: Audience) -> None:
    assert build_audience(visibility, SITE, "mara", [THEO, THEO]) == audience
    document = {"to": list(audience.to), "cc": list(audience.cc)}
    assert read_visibility(document, FOLLOWERS) is visibility
    assert audience.is_public is (visibility in (Visibility.PUBLIC, Visibility.UNLISTED))


@pytest.mark.parametrize(
    ("document", "visibility"),
    [
        ({"to": PUBLIC}, Visibility.PUBLIC),
        ({"to": "as:Public", "cc": FOLLOWERS}, Visibility.PUBLIC),
        ({"to": ["Public"]}, Visibility.PUBLIC),
        ({"to": [{"id": FOLLOWERS}], "cc": [{"type": "Link", "href": PUBLIC}]}, Visibility.UNLISTED),
        ({"cc": [FOLLOWERS]}, Visibility.FOLLOWERS),
        ({"to": ["https://circle.example/lists/1"]}, Visibility.DIRECT),
        ({"to": None, "cc": [None, 7, {}]}, Visibility.DIRECT),
        ({}, Visibility.DIRECT),
    ],
)
def test_others_visibilities_are_read(document: dict[str, object], visibility: Visibility) -> None:
    assert read_visibility(document, FOLLOWERS) is visibility


def test_without_a_followers_collection_only_the_addressed_see_it() -> None:
    assert read_visibility({"to": [FOLLOWERS]}, None) is Visibility.DIRECT


def test_addresses_are_bounded_and_unique() -> None:
    many = [f"https://a.example/{n}" for n in range(2 * MAX_ADDRESSES)]
    assert len(read_audience({"to": many + many}).to) == MAX_ADDRESSES
    assert read_audience({"to": ["as:Public", PUBLIC]}).to == (PUBLIC,)
    assert read_audience({"to": "https://a.example/" + "x" * 3000}).to == ()
    assert Audience(("a", "b"), ("b", "c")).everyone == ("a", "b", "c")
