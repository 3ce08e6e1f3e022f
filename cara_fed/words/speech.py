"""Whose language is spoken just now: a request's reader, a letter's receiver; English where nobody said.

Text that people read is written ``_("At most %(limit)s fit here.", limit=write_number(20))``: whole sentences, with
named placeholders. What is written down where nobody reads yet, as in a table of constants, is marked by `later` and
said by ``_(text)`` when it is shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, LiteralString

from cara_fed.words.languages import ENGLISH, Language, get_language

_ENGLISH: Final = get_language(ENGLISH)
_spoken: ContextVar[Language] = ContextVar("language", default=_ENGLISH)


def spoken() -> Language:
    """The language that is spoken now."""
    return _spoken.get()


def speak(tag: str) -> None:
    """Speak one of `offered_tags` from here to the end of this task."""
    _spoken.set(get_language(tag))


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Speak one of `offered_tags` within, and then again what was spoken before."""
    token = _spoken.set(get_language(tag))
    try:
        yield
    finally:
        _spoken.reset(token)


def _(message: str, /, **named: object) -> str:
    """The message in the language spoken; a percent sign beside placeholders is written ``%%``."""
    said = _spoken.get().catalog.gettext(message) if message else ""  # gettext answers "" with the catalogue's head
    return said % named if named else said


def ngettext(one: str, many: str, number: int, /, **named: object) -> str:
    """The message in the form that goes with the number, which is ``%(num)s`` in it, unless ``num`` is given."""
    return _spoken.get().catalog.ngettext(one, many, number) % {"num": number, **named}


def pgettext(context: str, message: str, /, **named: object) -> str:
    """Like `_`, for a word that means more than one thing; the context tells translators which."""
    said = _spoken.get().catalog.pgettext(context, message)
    return said % named if named else said


def later(message: LiteralString) -> LiteralString:
    """The message itself, marked for translation, to be said by `_` when it is shown."""
    return message
