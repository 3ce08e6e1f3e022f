"""Canonical JSON (RFC 8785): one and the same bytes for one and the same document, to be signed and hashed."""

import json
import math
from decimal import Decimal
from typing import Any, Final

from activitypub.errors import DocumentUnsupported

MAX_INTEGER: Final = 2**53 - 1

_write_text: Final = json.JSONEncoder(ensure_ascii=False).encode


def canonicalize(document: Any) -> bytes:
    """The canonical bytes of objects, lists, texts, numbers, true, false and null.

    Raises DocumentUnsupported for whole numbers beyond 2⁵³ - 1, for what is no number, and for texts that are not
    Unicode.
    """
    try:
        return _write(document).encode("utf-8")
    except UnicodeEncodeError as error:
        raise DocumentUnsupported("a text holds half a character") from error
    except RecursionError as error:
        raise DocumentUnsupported("the document is nested too deeply") from error


def _write(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_write_text(key)}:{_write(value[key])}" for key in sorted(value, key=_order)) + "}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_write, value))}]"
    if value is None or isinstance(value, str | bool):
        return _write_text(value)
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return _write_float(value)
    raise DocumentUnsupported(f"canonical JSON cannot hold {type(value).__name__} {str(value)[:40]}")


def _order(key: str) -> bytes:
    """Members are sorted by UTF-16 code units, the way of JavaScript."""
    return key.encode("utf-16-be", "surrogatepass")


def _write_float(value: float) -> str:
    """As JavaScript writes it (ECMA-262, Number::toString); Python finds the same shortest digits."""
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text = "".join(map(str, digits))
    return ("-" if sign else "") + _place_point(text, len(text) + int(exponent))


def _place_point(digits: str, point: int) -> str:
    if 0 < point <= 21:
        return digits.ljust(point, "0") if len(digits) <= point else f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    mantissa = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{point - 1:+d}"
