"""Other people's HTML made safe: the few elements that a post needs, links to the web alone, bounded in size."""

import re
from html import escape, unescape
from typing import Final

import nh3

from activitypub.documents import text_of
from activitypub.texts import bound_direction, drop_controls

MAX_HTML: Final = 100_000
MAX_ELEMENTS: Final = 5_000

_INLINE: Final = {"a", "span", "del", "s", "code", "em", "strong", "b", "i", "u", "sub", "sup", "ruby", "rt", "rp"}
_BLOCKS: Final = {"p", "br", "pre", "ul", "ol", "li", "blockquote"}
_HEADINGS: Final = {f"h{level}" for level in range(1, 7)}
_DROPPED: Final = {"script", "style", "template", "iframe", "object", "svg", "math", "title", "textarea"}
_CLASSES: Final = {"mention", "hashtag", "invisible", "ellipsis", "u-url", "h-card", "quote-inline"}
_CLEANER: Final = nh3.Cleaner(
    tags=_INLINE | _BLOCKS | _HEADINGS,
    clean_content_tags=_DROPPED,
    attributes={"*": {"dir", "lang"}, "a": {"href", "translate"}, "span": {"translate"}, "ol": {"start", "reversed"}},
    allowed_classes={"a": _CLASSES, "span": _CLASSES, "p": {"quote-inline"}},
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel="nofollow noopener",
)
_STRIPPER: Final = nh3.Cleaner(tags=set(), clean_content_tags=_DROPPED)
_OPEN_HEADING: Final = re.compile(r"<h[1-6]([^<>]*)>")
_CLOSE_HEADING: Final = re.compile(r"</h[1-6]>")
_ANY_TAG: Final = re.compile(r"<[^<>]*>")
_BREAK: Final = re.compile(r"<br[^<>]*>|</(?:p|li|blockquote|pre|h[1-6]|div)>", re.IGNORECASE)


def sanitise_html(value: object) -> str:
    """Safe HTML of at most about MAX_HTML characters; "" for what is no text.

    Headings become bold paragraphs, since they would stand among our own page's. What has more than MAX_ELEMENTS
    tags, which only an attack has, keeps its text alone.
    """
    raw = drop_controls((text_of(value) or "")[:MAX_HTML])
    if raw.count("<") > MAX_ELEMENTS:
        return escape(strip_html(raw))
    clean = _CLEANER.clean(raw)
    clean = _CLOSE_HEADING.sub("</strong></p>", _OPEN_HEADING.sub(r"<p\1><strong>", clean))
    return bound_direction(clean)


def strip_html(value: object, limit: int = MAX_HTML) -> str:
    """The text of some HTML, its blocks on lines of their own, at most ``limit`` characters."""
    raw = _BREAK.sub("\n", drop_controls((text_of(value) or "")[:MAX_HTML]))
    bare = _ANY_TAG.sub("", raw) if raw.count("<") > MAX_ELEMENTS else _STRIPPER.clean(raw)
    return bound_direction(drop_controls(unescape(bare))).strip()[:limit]
