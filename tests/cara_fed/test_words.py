"""No template shows words that cannot be translated."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from templates import ROOT as TEMPLATES

LETTERS = re.compile(r"[^\W\d_]{2,}")
READ = ("alt", "title", "placeholder", "aria-label")
NAMES = frozenset({"Mastodon", "Pixelfed", "ALT", "UTC", "SHA", "more"})
"""Words that are the same in every language; “+2 more” is what other servers are sent."""
IN_ENGLISH = frozenset({"evidence_file.html"})
"""A document for others, whose JSON is in English, too."""
_SAID = re.compile(
    r"{#.*?#}|{%-?\s*trans\b.*?endtrans\s*-?%}|{{.*?}}|{% block main_class %}.*?{% endblock %}"
    r"|{% macro \w+_sizes\(.*?endmacro %}|{%.*?%}",
    re.DOTALL,
)
_EXAMPLES = re.compile(r"@you@your\.server|\.site-name \{.*\}")
_LOOSE_ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')  # of a macro that writes no more than attributes


class Words(HTMLParser):
    """Gathers the words of a template that stand outside of `_()` and `trans`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.quiet += tag in ("script", "style", "code")
        for name, value in attrs:
            if name in READ or name.startswith("data-said"):
                self._note(_EXAMPLES.sub("", value or ""))

    def handle_endtag(self, tag: str) -> None:
        self.quiet -= tag in ("script", "style", "code")

    def handle_data(self, data: str) -> None:
        if not self.quiet:
            self._note(_LOOSE_ATTRIBUTE.sub("", data))

    def _note(self, text: str) -> None:
        self.found.extend(word for word in LETTERS.findall(text) if word not in NAMES)


def _list_templates() -> Iterator[Path]:
    return (path for path in sorted(TEMPLATES.rglob("*.html")) if path.name not in IN_ENGLISH)


def test_no_template_shows_words_that_cannot_be_translated() -> None:
    unwrapped = {}
    for path in _list_templates():
        words = Words()
        words.feed(_SAID.sub("", path.read_text(encoding="utf-8")))
        if words.found:
            unwrapped[path.name] = words.found
    assert unwrapped == {}
