"""Custom emoji and reactions: pictures where there are some, words otherwise, and nothing that gets out of a tag."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.activities import read_activity
from activitypub.html import build_emoji, sanitise_html, show_emoji
from activitypub.html.emoji import MAX_SHOWN
from activitypub.reactions import Reaction, find_reaction, is_emoji

CAT = {"cat": "/media/remote/cat"}


def test_a_shortcode_becomes_a_picture_with_its_name() -> None:
    shown = show_emoji("<p>hi :cat: :dog:</p>", CAT)
    assert shown == f"<p>hi {build_emoji('cat', CAT['cat'])} :dog:</p>"
    assert 'alt=":cat:" title=":cat:"' in shown


def test_attributes_stay_as_they_are() -> None:
    html = '<p><a href="https://a.example/:cat:">:cat:</a><span lang="a>b:cat:">x</span></p>'
    shown = show_emoji(html, CAT)
    assert shown.count("<img") == 1 and 'href="https://a.example/:cat:"' in shown and 'lang="a>b:cat:"' in shown


def test_more_than_enough_stay_words() -> None:
    assert show_emoji(":cat: " * 1000, CAT).count("<img") == MAX_SHOWN


@given(st.text(alphabet="<>\":cat=' /pi", max_size=60))
def test_what_was_safe_stays_safe(text: str) -> None:
    clean = sanitise_html(text)
    shown = show_emoji(clean, CAT)
    assert shown.replace(build_emoji("cat", CAT["cat"]), ":cat:") == clean


SCOTLAND = "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbsct") + chr(0xE007F)


@pytest.mark.parametrize("text", ["👍", "❤️", "❤", "👩🏽‍🚀", "🏳️‍🌈", "🇳🇱", "1️⃣", "☕", SCOTLAND])
def test_emoji_are_emoji(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize("text", ["", "x", "no", "1", "👍 no", "a👍", "\u200d", ":cat:", "👍" * 17, "!"])
def test_words_are_none(text: str) -> None:
    assert not is_emoji(text)


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ({"content": "👍"}, Reaction("👍")),
        ({"_misskey_reaction": "🎉"}, Reaction("🎉")),
        ({"content": ":cat:", "tag": "cat"}, Reaction(":cat:", "https://a.example/cat.png")),
        ({"content": "cat", "tag": "cat"}, Reaction(":cat:", "https://a.example/cat.png")),
        ({"content": ":dog:", "tag": "cat"}, None),
        ({"content": "you are ugly"}, None),
        ({"content": ["👍"]}, Reaction("👍")),
        ({}, None),
    ],
)
def test_reactions_are_read(stated: dict[str, Any], found: Reaction | None) -> None:
    icon = {"type": "Image", "url": "https://a.example/cat.png"}
    tag = {"type": "Emoji", "name": ":cat:", "icon": icon}
    about = {"type": "EmojiReact", "actor": "https://a.example/1", "object": "https://b.example/2"}
    assert find_reaction(read_activity({**about, **stated, "tag": [tag] if "tag" in stated else []})) == found
