"""An artist's Markdown as safe HTML: headings, lists, tables, links; no HTML of her own, and no picture."""

import re
from collections.abc import Sequence
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from activitypub.texts import bound_text

MAX_MARKDOWN: Final = 20_000
_TOP: Final = 3
"""The highest heading: above it stand the page's own."""
_LOWEST: Final = 6
_TAGS: Final = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "s", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_CLEANER: Final = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="nofollow noopener",
)
_TABLE: Final = re.compile(r"<(/?)table>")

# Raw HTML stays text, a line break is one, and pictures are left out: a page loads nothing from elsewhere.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": True})
_MARKDOWN.enable(["table", "strikethrough", "linkify"]).disable("image")
if _MARKDOWN.linkify is not None:
    _MARKDOWN.linkify.set({"fuzzy_link": False, "fuzzy_email": False})


def render_markdown(text: str) -> str:
    """The text as HTML, of at most MAX_MARKDOWN characters of it; "" for none."""
    tokens = _MARKDOWN.parse(bound_text(text, MAX_MARKDOWN))
    _lower_headings(tokens)
    html = _CLEANER.clean(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})).strip()
    # A wide table scrolls by itself, by keyboard too, and not the page with it.
    return _TABLE.sub(lambda found: "</table></div>" if found[1] else '<div class="wide" tabindex="0"><table>', html)


def _lower_headings(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + _TOP - 1, _LOWEST)}"
