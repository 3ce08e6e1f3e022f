"""Which language somebody gets: their own setting, what this browser was told, what it asks for, the instance's."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from cara_fed.words.languages import ENGLISH, choose_tag, offered_tags
from cara_fed.words.speech import speaking, spoken

COOKIE: Final = "lang"
_READ: Final = 500
"""Characters of a header that are read: more than any browser sends."""


def find_setting(tag: str | None) -> str | None:
    """A language that was chosen here once, if it is still offered."""
    return tag if tag in offered_tags() else None


def default_tag(languages: Sequence[str]) -> str:
    """The first of an instance's languages that pages can be had in; English where none is."""
    return choose_tag(languages) or ENGLISH


@contextmanager
def speaking_to(setting: str | None) -> Iterator[None]:
    """Speak somebody's own language within, where they chose one; else go on in the one spoken."""
    with speaking(find_setting(setting) or spoken().tag):
        yield


def negotiate(accept_language: str, default: str) -> str:
    """What a browser's Accept-Language asks for, as far as it is offered; else the default."""
    return _negotiate(accept_language[:_READ]) or default


@lru_cache(maxsize=512)
def _negotiate(accept_language: str) -> str | None:
    return choose_tag(_read_wishes(accept_language))


def _read_wishes(accept_language: str) -> Iterator[str]:
    """Tags, the dearest first; without those that are not wanted at all, and without ``*``, which is our choice."""
    for tag, quality in parse_accept_header(accept_language, LanguageAccept):
        if quality <= 0 or tag == "*":
            continue
        yield tag
