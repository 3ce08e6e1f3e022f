"""JSON from outside: limits, refusals, and the tolerant getters."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.documents import (
    as_list,
    dump_document,
    first,
    href_of,
    id_of,
    ids_of,
    parse_document,
    read_text,
    text_of,
    types_of,
)
from activitypub.errors import DocumentError, DocumentMalformed, DocumentTooDeep, DocumentTooLarge

characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(characters)
    | st.text('[]{}"\\:,u0dD8')
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(characters), inner, max_size=4)
)
documents = st.dictionaries(st.text(characters) | st.text('[]{}"\\'), values, max_size=5)


def depth_of(value: Any) -> int:
    match value:
        case dict():
            return 1 + max(map(depth_of, value.values()), default=0)
        case list():
            return 1 + max(map(depth_of, value), default=0)
    return 0


@given(documents)
def test_what_is_written_is_read_back(document: dict[str, Any]) -> None:
    assert parse_document(dump_document(document), max_depth=100) == document
    assert parse_document(json.dumps(document, indent=1).encode(), max_depth=100) == document


@given(documents)
def test_depth_is_what_is_nested_outside_strings(document: dict[str, Any]) -> None:
    body, depth = dump_document(document), depth_of(document)
    assert parse_document(body, max_depth=depth) == document
    with pytest.raises(DocumentTooDeep):
        parse_document(body, max_depth=depth - 1)


@given(st.binary() | st.text('[]{}":,\\u0aA1-+.eNE \n').map(str.encode))
def test_any_bytes_give_a_document_or_a_document_error(body: bytes) -> None:
    try:
        assert isinstance(parse_document(body), dict)
    except DocumentError as error:
        assert "\n" not in str(error)


def test_size_is_held() -> None:
    body = b'{"a":"' + b"x" * 100 + b'"}'
    assert parse_document(body, max_bytes=len(body))
    with pytest.raises(DocumentTooLarge):
        parse_document(body, max_bytes=len(body) - 1)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        b'{"a":[' + b"[" * 31 + b"]" * 31 + b"]}",
        b'{"a":"\\"' + b'","b":' + b"[" * 40,
    ],
)
def test_deep_nesting_is_refused_before_it_is_parsed(body: bytes) -> None:
    with pytest.raises(DocumentTooDeep):
        parse_document(body)


@pytest.mark.parametrize("body", [b'"' + b'\\"' * 500_000, b'{"' + b"\\" * 900_000, b'"[' * 400_000, b"{}" * 400_000])
def test_hostile_bytes_cost_little(body: bytes) -> None:
    with pytest.raises(DocumentError):
        parse_document(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"7",
        b"{",
        b"{}{}",
        b"{'id': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 33 + b"}",
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"a": "\\u0000"}',
        b'{"a": "\\\\\\u0000"}',
        b'{"a": "\n"}',
        b'{"id": "https://a.example/1", "id": "https://b.example/1"}',
        b'{"object": {"type": "Note", "type": "Follow"}}',
        b'{"actor": 1, "b": 2, "actor": 1}',
        b'{"\\u0061ctor": 1, "actor": 1}',
        '{"a": 1}'.encode("utf-16"),
    ],
)
def test_a_malformed_body_is_refused(body: bytes) -> None:
    with pytest.raises(DocumentMalformed):
        parse_document(body)


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b' \r\n{"a": "\\ud83c\\udfa8"}\n', {"a": "🎨"}),
        (b'{"a": "\\\\u0000 \\\\ud800"}', {"a": "\\u0000 \\ud800"}),
        (b'{"name": 1, "name": 2}', {"name": 2}),
        (b'{"a": "[[[[{{{{"}', {"a": "[[[[{{{{"}),
    ],
)
def test_odd_but_clear_bodies_are_read(body: bytes, document: dict[str, Any]) -> None:
    assert parse_document(body) == document


@pytest.mark.parametrize("value", [math.nan, math.inf, "\ud800"])
def test_what_is_not_json_is_not_written(value: object) -> None:
    with pytest.raises(DocumentMalformed):
        dump_document({"a": value})


def test_a_nul_is_written_as_an_escape() -> None:
    assert dump_document({"a": "\0é"}) == '{"a":"\\u0000é"}'.encode()


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, []), ("a", ["a"]), (["a", "b"], ["a", "b"]), ({"id": "a"}, [{"id": "a"}]), ([], []), (False, [False])],
)
def test_as_list(value: object, expected: list[object]) -> None:
    assert as_list(value) == expected
    assert first(value) == (expected[0] if expected else None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://a.example/1", "https://a.example/1"),
        ({"id": "https://a.example/1", "type": "Note"}, "https://a.example/1"),
        ({"type": "Link", "href": "https://a.example/1"}, "https://a.example/1"),
        ({"type": "Mention", "id": None, "href": "https://a.example/1"}, "https://a.example/1"),
        (["https://a.example/1", "https://a.example/2"], "https://a.example/1"),
        ([{"id": "https://a.example/1"}], "https://a.example/1"),
        (None, None),
        ("", None),
        (7, None),
        ([], None),
        ([None], None),
        ({}, None),
        ({"id": 7}, None),
        ({"id": {"id": "a"}}, None),
    ],
)
def test_id_of(value: object, expected: str | None) -> None:
    assert id_of(value) == expected


def test_ids_of_leaves_out_what_has_no_id() -> None:
    assert ids_of(["a", {"id": "b"}, 7, None, {"name": "x"}, {"href": "c"}]) == ("a", "b", "c")
    assert ids_of("a") == ("a",)
    assert ids_of(None) == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://a.example/1.jpg", "https://a.example/1.jpg"),
        ([{"type": "Link", "href": "https://a.example/1.jpg"}, "https://a.example/2.jpg"], "https://a.example/1.jpg"),
        ({"type": "Image", "url": "https://a.example/1.jpg"}, "https://a.example/1.jpg"),
        ({"type": "Image", "url": [{"type": "Link", "href": "https://a.example/1.jpg"}]}, "https://a.example/1.jpg"),
        ({"type": "Image"}, None),
        (None, None),
    ],
)
def test_href_of(value: object, expected: str | None) -> None:
    assert href_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "a"), ("", ""), (["a", "b"], "a"), ({"@value": "a", "@language": "en"}, "a"), (7, None), (None, None)],
)
def test_text_of(value: object, expected: str | None) -> None:
    assert text_of(value) == expected


def test_a_text_may_come_by_language_only() -> None:
    assert read_text({"name": "a", "nameMap": {"en": "b"}}, "name") == "a"
    assert read_text({"nameMap": {"de": 7, "en": "b"}}, "name") == "b"
    assert read_text({"nameMap": ["b"]}, "name") is None
    assert read_text({}, "name") is None


def test_types_of() -> None:
    assert types_of({"type": "Note"}) == ("Note",)
    assert types_of({"type": ["Note", 7, "Image"]}) == ("Note", "Image")
    assert types_of({}) == types_of("Note") == types_of(None) == ()
