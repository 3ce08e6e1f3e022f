"""Structured fields: read, written back as the standard writes them, refused where they are not."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.errors import SignatureMalformed
from activitypub.signatures.structured_fields import (
    MAX_LENGTH,
    Date,
    InnerList,
    Item,
    Token,
    parse_dictionary,
    serialize_dictionary,
    serialize_string,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=1", 1),
        ("a=-999999999999999", -999999999999999),
        ("a=1.5", 1.5),
        ("a=?1", True),
        ("a=?0", False),
        ("a", True),
        ("a=token/x:y", Token("token/x:y")),
        ('a="a, b; c \\"d\\" \\\\"', 'a, b; c "d" \\'),
        ("a=:aGk=:", b"hi"),
        ("a=:aGk:", b"hi"),
        ("a=::", b""),
        ("a=@1618884473", Date(1618884473)),
        ('a=%"f%c3%bc"', "fü"),
    ],
)
def test_items(text: str, value: object) -> None:
    item = parse_dictionary(text)["a"]
    assert isinstance(item, Item)
    assert (item.value, type(item.value)) == (value, type(value))


def test_an_inner_list_keeps_its_texts() -> None:
    text = 'sig1=("@method" "@query-param";name="a, b" "x";bs);created=1;keyid="k";x=?1;y=?0;z=a/b, sig2=()'
    members = parse_dictionary(text)
    first = members["sig1"]
    assert isinstance(first, InnerList)
    assert [item.text for item in first.items] == ['"@method"', '"@query-param";name="a, b"', '"x";bs']
    assert first.items[1].parameters == {"name": "a, b"}
    assert first.parameters == {"created": 1, "keyid": "k", "x": True, "y": False, "z": "a/b"}
    assert first.text == text[5 : text.index(", sig2")].replace("x=?1", "x")
    assert members["sig2"] == InnerList((), {}, "()")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        ("   ", ""),
        (" a=1 ,\t b=2 ", "a=1, b=2"),
        ("a=(  1   2 );  x", "a=(1 2);x"),
        ("a=?1;x=1, b", "a;x=1, b"),
        ("a;x;y=2", "a;x;y=2"),
    ],
)
def test_odd_space_is_read_and_written_plainly(text: str, canonical: str) -> None:
    assert serialize_dictionary(parse_dictionary(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "=1",
        "A=1",
        "a=",
        "a=1,",
        ",a=1",
        "a=1,,b=2",
        "a=1 b=2",
        "a = 1",
        "a=1;",
        "a=1;X=2",
        "a=1;x=",
        "a=(1",
        "a=1)",
        "a=(1 2))",
        'a=("x""y")',
        "a=((1))",
        'a="x',
        'a="x\\n"',
        'a="ü"',
        "a=:aGk",
        "a=:a:",
        "a=:a-_:",
        "a=1.",
        "a=1.2345",
        "a=1.2.3",
        "a=1234567890123456",
        "a=--1",
        "a=?2",
        "a=@1.5",
        "a=1, a=2",
        "a=1;x=1;x=2",
        "a=1\n",
        'keyId="x",algorithm="y"',
        "x" * (MAX_LENGTH + 1),
    ],
)
def test_what_is_no_dictionary_is_refused(text: str) -> None:
    with pytest.raises(SignatureMalformed):
        parse_dictionary(text)


def test_a_long_hostile_field_costs_little() -> None:
    for text in (
        'a=("' + "\\\\" * 8000,
        "a=(" + '"x" ' * 4000,
        "a" + ";x" * 8000,
        "a=" + "1" * 16000,
        "a=(" + " " * 16000,
    ):
        with pytest.raises(SignatureMalformed):
            parse_dictionary(text)


ascii_texts = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20)
keys = st.builds(str.__add__, st.sampled_from("abz*"), st.text("az09_.*-", max_size=3))
bares = (
    st.integers(-(10**15) + 1, 10**15 - 1).map(str)
    | ascii_texts.map(serialize_string)
    | st.binary(max_size=8).map(lambda data: f":{b64encode(data).decode()}:")
    | st.just("?0")
)
parameters = st.dictionaries(keys, bares, max_size=3).map(
    lambda pairs: "".join(f";{key}={bare}" for key, bare in pairs.items())
)
items = st.builds(str.__add__, bares, parameters)
lists = st.builds(lambda inner, after: f"({' '.join(inner)}){after}", st.lists(items, max_size=3), parameters)
dictionaries = st.dictionaries(keys, items | lists, max_size=4)


@given(dictionaries)
def test_what_the_standard_writes_is_read_and_written_the_same(members: dict[str, str]) -> None:
    text = ", ".join(f"{key}={member}" for key, member in members.items())
    read = parse_dictionary(text)
    assert {key: member.text for key, member in read.items()} == members
    assert serialize_dictionary(read) == text


@given(st.text() | st.text('ab=(); ,"\\:?@%-.1*\t'))
def test_any_text_is_a_dictionary_or_refused(text: str) -> None:
    try:
        members = parse_dictionary(text)
    except SignatureMalformed:
        return
    assert parse_dictionary(serialize_dictionary(members)) == members


@pytest.mark.parametrize("text", ["ü", "a\n", "\x7f"])
def test_a_string_has_only_printable_ascii(text: str) -> None:
    with pytest.raises(SignatureMalformed):
        serialize_string(text)
