"""XML as text: elements of a name, attributes and children, whatever characters people wrote."""

import re
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

# What XML 1.0 cannot carry, not even as a character reference.
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def element(name: str, *children: str, **attributes: str | int | None) -> str:
    """An element. Children are XML already (``text`` makes it of words); attributes that are None are left out.

    An underscore in an attribute's name is a colon: ``xml_lang``.
    """
    return named(name, {key.replace("_", ":"): value for key, value in attributes.items()}, *children)


def named(name: str, attributes: Mapping[str, str | int | None], *children: str) -> str:
    """Like `element`, for attributes whose names are no Python names."""
    stated = "".join(
        f" {key}={quoteattr(_clean(str(value)))}" for key, value in attributes.items() if value is not None
    )
    inner = "".join(children)
    return f"<{name}{stated}>{inner}</{name}>" if inner else f"<{name}{stated}/>"


def text(words: str) -> str:
    """Words, or HTML that is to be carried as words."""
    return escape(_clean(words))


def line(name: str, words: str) -> str:
    """An element that holds words; nothing where there are none."""
    return element(name, text(words)) if words else ""


def _clean(words: str) -> str:
    return _FORBIDDEN.sub("", words)
