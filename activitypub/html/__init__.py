"""HTML on both sides: artists' plain text made into it, other people's made safe."""

from activitypub.html.emoji import build_emoji, find_shortcodes, show_emoji
from activitypub.html.markdown import render_markdown
from activitypub.html.render import Rendered, find_handles, render_text
from activitypub.html.sanitise import MAX_HTML, sanitise_html, strip_html

__all__ = [
    "MAX_HTML",
    "Rendered",
    "build_emoji",
    "find_handles",
    "find_shortcodes",
    "render_markdown",
    "render_text",
    "sanitise_html",
    "show_emoji",
    "strip_html",
]
