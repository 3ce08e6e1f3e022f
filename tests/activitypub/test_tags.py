"""Hashtags, mentions, emoji and object links, as many servers write them."""

import pytest

from activitypub.reading import web_address
from activitypub.tags import MAX_TAGS, Emoji, Hashtag, Mention, Tags, build_tags, fold_hashtag, read_tags

THEO = "https://gallery.example/users/theo"


def test_what_is_built_is_read() -> None:
    hashtags = (Hashtag("NoAI", "https://studio.example/tags/noai"),)
    mentions = (Mention("@theo@gallery.example", THEO),)
    assert read_tags({"tag": build_tags(hashtags, mentions)}) == Tags(hashtags, mentions)


@pytest.mark.parametrize(
    ("tag", "tags"),
    [
        (
            {"type": "Hashtag", "name": "#art", "href": "https://a.example/t"},
            Tags((Hashtag("art", "https://a.example/t"),)),
        ),
        ({"type": "Hashtag", "name": "art"}, Tags((Hashtag("art", None),))),
        ({"type": ["Hashtag"], "name": ["#art"], "href": "javascript:x"}, Tags((Hashtag("art", None),))),
        ({"name": "#kroeg", "href": "https://a.example/t"}, Tags((Hashtag("kroeg", "https://a.example/t"),))),
        ({"name": "no sign"}, Tags()),
        ({"type": "Hashtag", "name": "#"}, Tags()),
        ({"type": "Mention", "href": THEO}, Tags(mentions=(Mention("", THEO),))),
        ({"type": "Mention", "href": None, "name": "@x"}, Tags()),
        ({"type": "Mention", "href": "acct:theo@gallery.example"}, Tags()),
        (
            {
                "type": "Emoji",
                "name": ":blob:",
                "icon": {"type": "Image", "mediaType": "image/png", "url": "https://a.example/b"},
            },
            Tags(emoji=(Emoji("blob", "https://a.example/b", "image/png"),)),
        ),
        (
            {"type": "Emoji", "name": "blob", "icon": [{"url": [{"href": "https://a.example/b"}]}]},
            Tags(emoji=(Emoji("blob", "https://a.example/b"),)),
        ),
        (
            {"type": "Emoji", "name": "blob", "icon": "https://a.example/b"},
            Tags(emoji=(Emoji("blob", "https://a.example/b"),)),
        ),
        ({"type": "Emoji", "name": "blob"}, Tags()),
        (
            {"type": "Link", "mediaType": "application/activity+json", "href": THEO},
            Tags(links=((THEO, "application/activity+json"),)),
        ),
        ({"type": "Unheard", "name": "x"}, Tags()),
        ("https://a.example/not-an-object", Tags()),
        (None, Tags()),
    ],
)
def test_tags_of_every_shape(tag: object, tags: Tags) -> None:
    assert read_tags({"tag": tag}) == tags
    assert read_tags({"tag": [tag]}) == tags


def test_tags_that_php_wrote_as_an_object_are_all_read() -> None:
    reply = {"type": "Mention", "href": THEO, "name": "@theo", "0": {"type": "Hashtag", "name": "#art"}}
    assert read_tags({"tag": reply}) == Tags((Hashtag("art", None),), (Mention("@theo", THEO),))


def test_tags_are_bounded() -> None:
    tags = read_tags({"tag": [{"type": "Hashtag", "name": "#" + "x" * 999}] * (2 * MAX_TAGS)})
    assert len(tags.hashtags) == MAX_TAGS
    assert len(tags.hashtags[0].name) < 250


def test_hashtags_are_the_same_whatever_their_case_and_width() -> None:
    assert fold_hashtag("ＮｏＡＩ") == fold_hashtag("NoAI") == "noai"
    assert Hashtag("Straße", None).key == "strasse"


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ({"type": "Link", "href": "https://a.example/x"}, "https://a.example/x"),
        ({"type": "Image", "url": [{"href": "https://a.example/x"}]}, "https://a.example/x"),
        (["https://a.example/1", "https://a.example/2"], "https://a.example/1"),
        ("javascript:alert(1)", None),
        ("//a.example", None),
        ("https://user@a.example/", None),
        (7, None),
    ],
)
def test_only_web_addresses_are_addresses(value: object, address: str | None) -> None:
    assert web_address(value) == address
