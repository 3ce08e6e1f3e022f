"""Filters: which words meet which texts."""

from datetime import UTC, datetime

import pytest

from cara_fed.translate.filtering import find_filter
from storage.filters import Filter

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def make(phrase: str, hides: bool = False) -> Filter:
    return Filter(pk=1, artist_pk=1, phrase=phrase, hides=hides, created_at=NOON)


@pytest.mark.parametrize(
    ("phrase", "text", "meets"),
    [
        ("art", "some Art here", True),
        ("art", "a party", False),
        ("#crypto", "so much #crypto", True),
        ("#crypto", "so much #cryptography", False),
        ("c++", "I write C++, often", True),
        ("two  words", "one two\nwords three", True),
        ("ÉTÉ", "l'e\u0301te\u0301 dernier", True),
        ("straße", "STRASSE", True),
        ("猫", "黒猫がいる", True),
        ("แมว", "ฉันมีแมวดำ", True),
        ("кот", "котик", False),
        ("(", "a (b", True),
    ],
)
def test_words_are_found_as_words(phrase: str, text: str, meets: bool) -> None:
    assert (find_filter([make(phrase)], ["nothing", text]) is not None) is meets


def test_what_hides_goes_before_what_folds() -> None:
    folds, hides = make("cat"), make("dog", hides=True)
    assert find_filter([folds, hides], ["cat and dog"]) is hides
    assert find_filter([folds, hides], ["cat"]) is folds
