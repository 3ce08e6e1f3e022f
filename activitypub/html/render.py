"""An artist's plain text as HTML: paragraphs, links, hashtags in any script, people. No markup is read in it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from types import MappingProxyType
from typing import Final

from linkify_it import LinkifyIt

from activitypub.tags import Hashtag, Mention, fold_hashtag, hashtag_at_start
from activitypub.texts import bound_text

MAX_TEXT: Final = 20_000
"""Longer texts are cut: finding links takes time that grows with the square of the length."""

_PARAGRAPHS: Final = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_NAME: Final = r"[A-Za-z0-9_]+(?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?"
_DOMAIN: Final = r"[\w-]+(?:\.[\w-]+)*(?::\d+)?"
_HANDLE: Final = rf"(?<![\w/@.])@(?P<name>{_NAME})(?:@(?P<domain>{_DOMAIN}))?"
_HASHTAG: Final = r"(?<![\w/&#＃])[#＃](?P<tag>[^\s#＃]+)"
_NAMES: Final = re.compile(f"{_HANDLE}|{_HASHTAG}")
_NOBODY: Final[Mapping[str, Mention]] = MappingProxyType({})

# Explicit links alone: guessing would make a page of README.md and of a mistyped sentence.end.
_LINKS: Final = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False})
for _schema in ("ftp:", "mailto:", "//"):
    _LINKS.add(_schema, None)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Safe HTML, and what the text names, each once and in the text's order."""

    html: str
    hashtags: tuple[Hashtag, ...] = ()
    mentions: tuple[Mention, ...] = ()


@dataclass(slots=True)
class _Named:
    """What was named so far."""

    mentions: Mapping[str, Mention]
    tag_url: Callable[[str], str] | None
    rel: str
    hashtags_found: dict[str, Hashtag] = field(default_factory=dict)
    mentions_found: dict[str, Mention] = field(default_factory=dict)


def render_text(
    text: str,
    *,
    mentions: Mapping[str, Mention] = _NOBODY,
    tag_url: Callable[[str], str] | None = None,
    rel: str = "nofollow noopener",
) -> Rendered:
    """The text as HTML; blank lines part paragraphs.

    ``mentions`` holds, under the keys that find_handles gives, the people who were found; other handles stay text.
    ``tag_url`` makes a tag page's address from a folded name; without it hashtags stay text. ``rel`` is put on links
    ("me …" in a profile).
    """
    named = _Named(mentions, tag_url, rel)
    clean = bound_text(text, MAX_TEXT)
    paragraphs = (_render_paragraph(part, named) for part in _PARAGRAPHS.split(clean) if part)
    html = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return Rendered(html, tuple(named.hashtags_found.values()), tuple(named.mentions_found.values()))


def find_handles(text: str) -> tuple[str, ...]:
    """The people that a text names, in lower case: `theo@gallery.example`, or `theo` for one of our own artists."""
    parts = (part for part, link in _split_links(bound_text(text, MAX_TEXT)) if link is None)
    matches = (match for part in parts for match in _NAMES.finditer(part))
    return tuple(dict.fromkeys(_handle_key(match) for match in matches if match["name"]))


def _render_paragraph(text: str, named: _Named) -> str:
    parts = (
        _render_plain(part, named) if link is None else _render_link(part, link, named.rel)
        for part, link in _split_links(text)
    )
    return "".join(parts).replace("\n", "<br>")


def _split_links(text: str) -> Iterator[tuple[str, str | None]]:
    """The text in pieces: (plain text, None) and (link as typed, its address)."""
    end = 0
    for match in _LINKS.match(text) or ():
        yield text[end : match.index], None
        yield match.raw, match.url
        end = match.last_index
    yield text[end:], None


def _render_link(text: str, address: str, rel: str) -> str:
    scheme, rest = text.split("://", 1) if "://" in text else ("", text)
    hidden = f'<span class="invisible">{escape(scheme)}://</span>' if scheme else ""
    return f'<a href="{escape(address)}" rel="{escape(rel)}" translate="no">{hidden}{escape(rest)}</a>'


def _render_plain(text: str, named: _Named) -> str:
    pieces, end = [], 0
    for match in _NAMES.finditer(text):
        rendered, used = _render_handle(match, named) if match["name"] else _render_hashtag(match, named)
        if rendered:
            pieces += [escape(text[end : match.start()]), rendered]
            end = match.start() + used
    return "".join([*pieces, escape(text[end:])])


def _render_handle(match: re.Match[str], named: _Named) -> tuple[str, int]:
    mention = named.mentions.get(_handle_key(match))
    if mention is None:
        return "", 0
    named.mentions_found.setdefault(mention.actor_id, mention)
    href, name = escape(mention.url or mention.actor_id), escape(match["name"])
    anchor = f'<a href="{href}" class="u-url mention">@<span>{name}</span></a>'
    return f'<span class="h-card" translate="no">{anchor}</span>', len(match[0])


def _render_hashtag(match: re.Match[str], named: _Named) -> tuple[str, int]:
    name = hashtag_at_start(match["tag"])
    if not name or named.tag_url is None:
        return "", 0
    key = fold_hashtag(name)
    href = named.tag_url(key)
    named.hashtags_found.setdefault(key, Hashtag(name, href))
    return f'<a href="{escape(href)}" class="mention hashtag" rel="tag">#<span>{escape(name)}</span></a>', 1 + len(name)


def _handle_key(match: re.Match[str]) -> str:
    name, domain = match["name"].lower(), (match["domain"] or "").lower()
    return f"{name}@{domain}" if domain else name
