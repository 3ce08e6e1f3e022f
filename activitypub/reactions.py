"""Reactions: an emoji in answer to a post, as Pleroma (EmojiReact) and Misskey (a Like that says which) send it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from activitypub.activities import Activity, read_reaction

MAX_CODE_POINTS: Final = 16
_SHORTCODE: Final = re.compile(r":?([\w@.+-]{1,64}):?")
_JOINERS: Final = frozenset("\u200d\ufe0f\u20e3")
_KEYCAPS: Final = frozenset("0123456789#*")
_TAG_LETTERS: Final = range(0xE0020, 0xE0080)


@dataclass(frozen=True, slots=True)
class Reaction:
    """One emoji: ``text`` is it, or `:shortcode:` of a custom one, whose picture is at ``picture_url``."""

    text: str
    picture_url: str | None = None


def find_reaction(activity: Activity) -> Reaction | None:
    """The emoji that a Like or EmojiReact answers with; None for a plain Like, and for words in place of an emoji."""
    stated = read_reaction(activity)
    if stated is None:
        return None
    text, emoji = stated
    match = _SHORTCODE.fullmatch(text)
    if emoji is not None and match is not None:
        return Reaction(f":{match[1]}:", emoji.url)
    return Reaction(text) if is_emoji(text) else None


def is_emoji(text: str) -> bool:
    """Whether a text is one emoji, or a few that are drawn as one; never words."""
    if not 0 < len(text) <= MAX_CODE_POINTS:
        return False
    is_keycap = "\u20e3" in text
    shown = [character for character in text if not _is_joining(character)]
    return bool(shown) and all(_is_symbol(character, is_keycap=is_keycap) for character in shown)


def _is_joining(character: str) -> bool:
    return character in _JOINERS or ord(character) in _TAG_LETTERS


def _is_symbol(character: str, *, is_keycap: bool) -> bool:
    # Skin tones are modifier symbols; "‼" and "〰" are punctuation that is drawn as emoji.
    return (
        unicodedata.category(character) in ("So", "Sk")
        or character in "‼⁉〰〽↔↕"
        or (is_keycap and character in _KEYCAPS)
    )
