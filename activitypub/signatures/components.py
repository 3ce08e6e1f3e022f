"""What a covered component of an RFC 9421 signature stands for in a request (section 2)."""

from base64 import b64encode
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, unquote_plus

from activitypub.errors import IdUnacceptable, SignatureMalformed
from activitypub.origins import Origin, origin_of
from activitypub.signatures.request import HttpRequest, encode_latin1
from activitypub.signatures.structured_fields import Item, Member, parse_dictionary, serialize_dictionary

DICTIONARY_FIELDS: Final = frozenset(
    {"accept-signature", "content-digest", "priority", "repr-digest", "signature", "signature-agent", "signature-input"}
)
"""Fields known to be dictionaries: only these can be read again for `;sf` and `;key`."""


def component_value(request: HttpRequest, component: Item) -> str:
    """The component's value in the request. Raises SignatureMalformed where it has none, or is of an unknown kind."""
    name = str(component.value)
    if name.startswith("@"):
        return _derived_value(request, name, component)
    return _field_value(request, name, component)


def _derived_value(request: HttpRequest, name: str, component: Item) -> str:
    if name == "@query-param":
        return _query_parameter(request, component)
    derive = _DERIVED.get(name)
    if derive is None or component.parameters:
        raise SignatureMalformed("the signature covers a component that is not supported")
    return derive(request)


def _target_uri(request: HttpRequest) -> str:
    if not request.url:
        raise SignatureMalformed("the request's address is not known")
    return request.url


def _path(request: HttpRequest) -> str:
    return request.target.partition("?")[0] or "/"


def _query(request: HttpRequest) -> str:
    return "?" + request.target.partition("?")[2]


def _origin(request: HttpRequest) -> Origin:
    try:
        return origin_of(_target_uri(request))
    except IdUnacceptable as error:
        raise SignatureMalformed("the request's address cannot be read") from error


_DERIVED: Final[dict[str, Callable[[HttpRequest], str]]] = {
    "@method": lambda request: request.method,
    "@target-uri": _target_uri,
    "@authority": lambda request: _origin(request).netloc,
    "@scheme": lambda request: _origin(request).scheme,
    "@request-target": lambda request: request.target,
    "@path": _path,
    "@query": _query,
}


def _query_parameter(request: HttpRequest, component: Item) -> str:
    """The one value of a named query parameter, percent-encoded anew (section 2.2.8)."""
    name = component.parameters.get("name")
    if len(component.parameters) != 1 or not isinstance(name, str):
        raise SignatureMalformed("the signature covers a component that is not supported")
    pairs = [part.partition("=") for part in _query(request)[1:].split("&")]
    values = [_reencode(value) for key, _, value in pairs if _reencode(key) == name]
    if len(values) != 1:
        raise SignatureMalformed("the signature covers a query parameter that is not there once")
    return values[0]


def _reencode(text: str) -> str:
    return quote(unquote_plus(text), safe="*-._")


def _field_value(request: HttpRequest, name: str, component: Item) -> str:
    values = request.values(name)
    if not values:
        raise SignatureMalformed("the signature covers a header that is not there")
    read = _READINGS.get(tuple(component.parameters))
    if read is None:
        raise SignatureMalformed("the signature covers a component that is not supported")
    return read(name, values, component)


def _read_as_sent(name: str, values: list[str], component: Item) -> str:
    return ", ".join(values)


def _read_as_bytes(name: str, values: list[str], component: Item) -> str:
    return ", ".join(f":{b64encode(encode_latin1(value)).decode()}:" for value in values)


def _read_anew(name: str, values: list[str], component: Item) -> str:
    return serialize_dictionary(_dictionary(name, values))


def _read_member(name: str, values: list[str], component: Item) -> str:
    member = _dictionary(name, values).get(str(component.parameters["key"]))
    if member is None:
        raise SignatureMalformed("the signature covers a dictionary member that is not there")
    return member.text


def _dictionary(name: str, values: list[str]) -> dict[str, Member]:
    if name not in DICTIONARY_FIELDS:
        raise SignatureMalformed("the signature covers a field that is not known to be a dictionary")
    return parse_dictionary(", ".join(values))


_READINGS: Final[dict[tuple[str, ...], Callable[[str, list[str], Item], str]]] = {
    (): _read_as_sent,
    ("bs",): _read_as_bytes,
    ("sf",): _read_anew,
    ("key",): _read_member,
}
