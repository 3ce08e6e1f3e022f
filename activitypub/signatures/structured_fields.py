"""Structured field values (RFC 9651): dictionaries, their items and inner lists, as much as signatures need.

Each value keeps its text as serialised by the standard, since a signature's base is made of these texts. Stricter than
the standard in one thing: a dictionary or parameter key that comes twice is refused, not overridden.
"""

import re
from base64 import b64decode
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import unquote

from activitypub.errors import SignatureMalformed

MAX_LENGTH: Final = 16384

_KEY: Final = r"[a-z*][a-z0-9_.*-]*+"
_BARE: Final = (
    r"(?:\"(?:[ !#-\[\]-~]|\\[\"\\])*+\""  # string
    r"|:[A-Za-z0-9+/]*+={0,2}:"  # byte sequence
    r"|\?[01]"  # boolean
    r"|@-?[0-9]{1,15}"  # date
    r"|-?(?:[0-9]{1,12}\.[0-9]{1,3}|[0-9]{1,15})(?![0-9.])"  # number
    r"|%\"(?:[ !#$&-~]|%[0-9a-f]{2})*+\""  # display string
    r"|[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*+)"  # token
)
_PARAMETERS: Final = rf"(?:; *+{_KEY}(?:={_BARE})?)*+"
_ITEM: Final = rf"{_BARE}{_PARAMETERS}"
_INNER_LIST: Final = rf"\( *+(?:{_ITEM}(?: ++{_ITEM})*+)? *+\)"

_MEMBER_RE: Final = re.compile(
    rf"(?P<key>{_KEY})(?:=(?:(?P<list>{_INNER_LIST})|(?P<bare>{_BARE})))?(?P<parameters>{_PARAMETERS})"
)
_COMMA_RE: Final = re.compile(r"[ \t]*+,[ \t]*+")
_ITEM_RE: Final = re.compile(rf"(?P<bare>{_BARE})(?P<parameters>{_PARAMETERS})")
_PARAMETER_RE: Final = re.compile(rf"; *+(?P<key>{_KEY})(?:=(?P<bare>{_BARE}))?")
_ESCAPE_RE: Final = re.compile(r"\\(.)")


class Token(str):
    """A token: `sha-256`, not `"sha-256"`."""

    __slots__ = ()


class Date(int):
    """A date, in seconds since 1970: `@1618884473`."""


BareItem = bool | int | float | str | bytes
Parameters = dict[str, BareItem]
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Item:
    value: BareItem
    parameters: Parameters
    text: str


@dataclass(frozen=True, slots=True)
class InnerList:
    items: tuple[Item, ...]
    parameters: Parameters
    text: str


Member = Item | InnerList


def parse_dictionary(text: str) -> dict[str, Member]:
    """The members of a dictionary field, in order. Raises SignatureMalformed."""
    if len(text) > MAX_LENGTH:
        raise SignatureMalformed("the field is too long")
    text = text.strip(" ")
    members: dict[str, Member] = {}
    position = 0
    while position < len(text) or members:
        match = _MEMBER_RE.match(text, position)
        if match is None:
            raise SignatureMalformed("the field is not a dictionary")
        _add(members, match["key"], _read_member(match))
        if match.end() == len(text):
            break
        position = _skip_comma(text, match.end())
    return members


def serialize_dictionary(members: dict[str, Member]) -> str:
    """The field as the standard serialises it."""
    return ", ".join(
        key + member.text[2:] if _is_true(member) else f"{key}={member.text}" for key, member in members.items()
    )


def serialize_string(text: str) -> str:
    """A string item. Raises SignatureMalformed for other than printable ASCII."""
    if not text.isascii() or not text.isprintable():
        raise SignatureMalformed("a string has only printable ASCII")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _is_true(member: Member) -> bool:
    return isinstance(member, Item) and member.value is True


def _skip_comma(text: str, position: int) -> int:
    match = _COMMA_RE.match(text, position)
    if match is None:
        raise SignatureMalformed("the field is not a dictionary")
    return match.end()


def _read_member(match: re.Match[str]) -> Member:
    parameters, parameters_text = _read_parameters(match["parameters"])
    if match["list"] is not None:
        items = tuple(_read_item(found) for found in _ITEM_RE.finditer(match["list"]))
        inner = " ".join(item.text for item in items)
        return InnerList(items, parameters, f"({inner}){parameters_text}")
    bare = match["bare"] or "?1"
    return Item(_read_bare(bare), parameters, bare + parameters_text)


def _read_item(match: re.Match[str]) -> Item:
    parameters, text = _read_parameters(match["parameters"])
    return Item(_read_bare(match["bare"]), parameters, match["bare"] + text)


def _read_parameters(text: str) -> tuple[Parameters, str]:
    parameters: Parameters = {}
    texts: list[str] = []
    for match in _PARAMETER_RE.finditer(text):
        key, bare = match["key"], match["bare"] or "?1"
        _add(parameters, key, _read_bare(bare))
        texts.append(f";{key}" if bare == "?1" else f";{key}={bare}")
    return parameters, "".join(texts)


def _read_bare(text: str) -> BareItem:
    match text[0]:
        case '"':
            return _ESCAPE_RE.sub(r"\1", text[1:-1])
        case ":":
            return _read_bytes(text[1:-1])
        case "?":
            return text == "?1"
        case "@":
            return Date(text[1:])
        case "%":
            return unquote(text[2:-1], errors="replace")
        case first if first in "-0123456789":
            return float(text) if "." in text else int(text)
    return Token(text)


def _read_bytes(text: str) -> bytes:
    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise SignatureMalformed("a byte sequence is not base64") from error


def _add(values: dict[str, _Value], key: str, value: _Value) -> None:
    if key in values:
        raise SignatureMalformed("a key comes more than once")
    values[key] = value
