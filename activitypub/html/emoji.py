"""Custom emoji in safe HTML: small pictures in place of their shortcodes, named for those who cannot see them."""

import re
from collections.abc import Mapping
from html import escape
from typing import Final

MAX_SHOWN: Final = 200
"""More pictures than this in one text are an attack; the rest stay words."""

_TAG: Final = re.compile(r"(<(?:[^<>\"]|\"[^\"]*\")*>)")
_OURS: Final = re.compile(r"(?<![\w:]):([a-z0-9_]{2,30}):(?![\w:])")
_SHORTCODE: Final = re.compile(r":([\w@.+-]{1,64}):")


def find_shortcodes(text: str) -> tuple[str, ...]:
    """The shortcodes that a plain text may mean, each once: apart from words, as Mastodon reads them."""
    return tuple(dict.fromkeys(_OURS.findall(text)))


def show_emoji(html: str, pictures: Mapping[str, str]) -> str:
    """Safe HTML with a picture for every `:shortcode:` that ``pictures`` gives an address for; never within a tag."""
    if not pictures or ":" not in html:
        return html
    left = MAX_SHOWN

    def show(match: re.Match[str]) -> str:
        nonlocal left
        address = pictures.get(match[1])
        if address is None or left <= 0:
            return match[0]
        left -= 1
        return build_emoji(match[1], address)

    pieces = _TAG.split(html)  # text and tags by turns
    return "".join(piece if place % 2 else _SHORTCODE.sub(show, piece) for place, piece in enumerate(pieces))


def build_emoji(shortcode: str, address: str) -> str:
    """One emoji as a picture."""
    named = escape(f":{shortcode}:")
    return (
        f'<img class="emoji" src="{escape(address)}" alt="{named}" title="{named}" width="24" height="24"'
        ' loading="lazy" decoding="async">'
    )
