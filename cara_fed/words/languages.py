"""The languages that are spoken here: a catalogue each, read at first use; English is what the code says itself."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Final, Literal

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER: Final = Path(__file__).parent / "translations"
ENGLISH: Final = "en"
_WRITTEN_AS: Final = {ENGLISH: "en-GB"}
"""Whose dates and numbers go with a language that is named without a region: 22 November 2026, not November 22."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language as pages need it; ``tag`` is what `lang` says (BCP 47), ``name`` what its speakers call it."""

    tag: str
    name: str
    direction: Literal["ltr", "rtl"]
    locale: Locale
    catalog: NullTranslations


@cache
def offered_tags() -> tuple[str, ...]:
    """The tags of all languages that pages can be had in, English first."""
    return (ENGLISH, *sorted(path.stem.replace("_", "-") for path in FOLDER.glob("*.po")))


@cache
def get_language(tag: str) -> Language:
    """The language of one of `offered_tags`; its catalogue is read and compiled once for each process."""
    locale = Locale.parse(_WRITTEN_AS.get(tag, tag), sep="-")
    direction: Literal["ltr", "rtl"] = "rtl" if locale.text_direction == "rtl" else "ltr"
    return Language(tag, name_of(tag), direction, locale, _read_catalog(tag))


@cache
def name_of(tag: str) -> str:
    """What its speakers call a language, as it stands alone: ``Français``. Reads no catalogue."""
    name = Locale.parse(tag, sep="-").get_display_name() or tag
    return name[:1].upper() + name[1:]


def choose_tag(wished: Iterable[str]) -> str | None:
    """The first wish that can be granted; None where none can.

    A wish for a region is granted with the language (RFC 4647 §3.4), and one for a language with any region of it.
    """
    offered = {tag.lower(): tag for tag in offered_tags()}
    for wish in wished:
        for shorter in _shorten(wish.lower()):
            if shorter in offered:
                return offered[shorter]
        related = (tag for tag in offered if tag.partition("-")[0] == wish.lower().partition("-")[0])
        if (found := next(related, None)) is not None:
            return offered[found]
    return None


def _shorten(tag: str) -> Iterator[str]:
    """``zh-hant-tw`` → ``zh-hant-tw``, ``zh-hant``, ``zh``."""
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]


def _read_catalog(tag: str) -> NullTranslations:
    if tag == ENGLISH:
        return NullTranslations()
    compiled = io.BytesIO()
    with (FOLDER / f"{tag.replace('-', '_')}.po").open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return GNUTranslations(compiled)
