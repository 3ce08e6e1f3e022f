"""What a post or profile points at by name: hashtags, mentioned people, custom emoji."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from activitypub.documents import Json, first, types_of
from activitypub.reading import items_of, media_type_of, usable_id, web_address
from activitypub.texts import bound_line

MAX_TAGS: Final = 100
MAX_NAME: Final = 200
MAX_HASHTAG: Final = 100
_JOINERS: Final = "_·・\u200c\u200d"
_IN_HASHTAGS: Final = frozenset("LMN")
Tag = TypeVar("Tag")


@dataclass(frozen=True, slots=True)
class Hashtag:
    """`name` is as written, without the sign; `href` is the tag's page."""

    name: str
    href: str | None

    @property
    def key(self) -> str:
        return fold_hashtag(self.name)


@dataclass(frozen=True, slots=True)
class Mention:
    """A person named in a text. `handle` is `@name@domain`; `url` is their page, None where only the id is known."""

    handle: str
    actor_id: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Emoji:
    """A custom emoji: `shortcode` without its colons, and the picture to show for it."""

    shortcode: str
    url: str
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Tags:
    """A document's `tag`, sorted by kind."""

    hashtags: tuple[Hashtag, ...] = ()
    mentions: tuple[Mention, ...] = ()
    emoji: tuple[Emoji, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """(href, media type) of object links (FEP-e232), which is how some servers quote."""


def fold_hashtag(name: str) -> str:
    """The form in which hashtags are compared and found: compatibility forms joined, case folded."""
    return unicodedata.normalize("NFKC", name).casefold()


def is_hashtag(name: str) -> bool:
    """Whether this, without the sign, can be a hashtag: letters, marks, digits and joiners, a letter among them."""
    return 0 < len(name) <= MAX_HASHTAG and hashtag_at_start(name) == name


def hashtag_at_start(run: str) -> str:
    """The hashtag at the start of ``run``: letters, marks and digits of any script, at least one letter among them."""
    length = next((i for i, c in enumerate(run) if not _may_stand_in_hashtag(c)), len(run))
    name = run[: min(length, MAX_HASHTAG)].rstrip(_JOINERS.replace("_", ""))
    return name if any(unicodedata.category(character)[0] == "L" for character in name) else ""


def _may_stand_in_hashtag(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character)[0] in _IN_HASHTAGS


def build_tags(
    hashtags: Iterable[Hashtag], mentions: Iterable[Mention] = (), emoji: Iterable[Emoji] = ()
) -> list[Json]:
    """`tag` of a post or profile: hashtags, then people, then custom emoji."""
    return [
        *(_build_hashtag(tag) for tag in hashtags),
        *(_build_mention(mention) for mention in mentions),
        *(_build_emoji(one) for one in emoji),
    ]


def read_tags(document: Json) -> Tags:
    """The document's tags, at most MAX_TAGS; those of unknown kinds, or without what their kind needs, are left out."""
    tags = [tag for tag in items_of(document.get("tag"), MAX_TAGS) if isinstance(tag, dict)]
    return Tags(
        hashtags=_readable(_read_hashtag, tags),
        mentions=_readable(_read_mention, tags),
        emoji=_readable(_read_emoji, tags),
        links=_readable(_read_link, tags),
    )


def _readable(read: Callable[[Json], Tag | None], tags: Iterable[Json]) -> tuple[Tag, ...]:
    return tuple(found for tag in tags if (found := read(tag)) is not None)


def _build_hashtag(tag: Hashtag) -> Json:
    return {"type": "Hashtag", "href": tag.href, "name": f"#{tag.name}"}


def _build_mention(mention: Mention) -> Json:
    return {"type": "Mention", "href": mention.actor_id, "name": mention.handle}


def _build_emoji(emoji: Emoji) -> Json:
    icon = {"type": "Image", "mediaType": emoji.media_type, "url": emoji.url}
    return {"type": "Emoji", "name": f":{emoji.shortcode}:", "icon": icon}


def _read_hashtag(tag: Json) -> Hashtag | None:
    name = bound_line(tag.get("name"), MAX_NAME).lstrip("#＃").strip()
    # Kroeg and early Pleroma gave hashtags no type, but always the sign.
    is_hashtag = "Hashtag" in types_of(tag) or (not types_of(tag) and _text(tag.get("name")).startswith("#"))
    return Hashtag(name, web_address(tag)) if is_hashtag and name else None


def _read_mention(tag: Json) -> Mention | None:
    actor_id = usable_id(tag.get("href"))
    if "Mention" not in types_of(tag) or actor_id is None:
        return None
    return Mention(bound_line(tag.get("name"), MAX_NAME), actor_id)


def _read_emoji(tag: Json) -> Emoji | None:
    icon = first(tag.get("icon"))
    shortcode, url = bound_line(tag.get("name"), MAX_NAME).strip(":"), web_address(icon)
    if "Emoji" not in types_of(tag) or not shortcode or url is None:
        return None
    return Emoji(shortcode, url, media_type_of(icon) or None)


def _read_link(tag: Json) -> tuple[str, str] | None:
    href = web_address(tag)
    return (href, media_type_of(tag)) if "Link" in types_of(tag) and href else None


def _text(value: Any) -> str:
    return bound_line(value, MAX_NAME)
