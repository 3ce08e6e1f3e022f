"""Who a post is for: our four visibilities as `to` and `cc`, and those of others read back."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from activitypub.documents import Json, ids_of
from activitypub.identifiers import Site
from activitypub.origins import MAX_ID_LENGTH
from activitypub.vocabulary import PUBLIC, is_public

MAX_ADDRESSES = 500


class Visibility(StrEnum):
    """Who sees a post; each but `direct` adds the people it mentions."""

    PUBLIC = "public"
    """Everyone, in public timelines too."""
    UNLISTED = "unlisted"
    """Everyone who finds it, in no public timeline."""
    FOLLOWERS = "followers"
    DIRECT = "direct"
    """The mentioned people alone."""


@dataclass(frozen=True, slots=True)
class Audience:
    """The addresses of a post or activity, as actor and collection ids."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()

    @property
    def everyone(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.to, *self.cc)))

    @property
    def is_public(self) -> bool:
        return any(map(is_public, self.everyone))


def build_audience(visibility: Visibility, site: Site, name: str, mentions: Sequence[str] = ()) -> Audience:
    """The audience of artist ``name``'s post that mentions these actor ids, arranged as Mastodon reads it."""
    people, followers = tuple(dict.fromkeys(mentions)), site.followers(name)
    match visibility:
        case Visibility.PUBLIC:
            return Audience((PUBLIC,), (followers, *people))
        case Visibility.UNLISTED:
            return Audience((followers,), (PUBLIC, *people))
        case Visibility.FOLLOWERS:
            return Audience((followers,), people)
        case Visibility.DIRECT:
            return Audience(people)


def read_audience(document: Json) -> Audience:
    """The document's `to` and `cc`, at most MAX_ADDRESSES each, the public always by its full name."""
    return Audience(read_addresses(document.get("to")), read_addresses(document.get("cc")))


def read_visibility(document: Json, followers_id: str | None) -> Visibility:
    """The document's visibility, where ``followers_id`` is its author's followers collection.

    A list that we do not know (a circle, another server's group) makes it `direct`: nobody else sees it here.
    """
    audience = read_audience(document)
    if PUBLIC in audience.to:
        return Visibility.PUBLIC
    if PUBLIC in audience.cc:
        return Visibility.UNLISTED
    return Visibility.FOLLOWERS if followers_id in audience.everyone else Visibility.DIRECT


def read_addresses(value: object, limit: int = MAX_ADDRESSES) -> tuple[str, ...]:
    """The ids of people and collections, each once, at most ``limit``; the public always by its full name."""
    ids = (PUBLIC if is_public(id) else id for id in ids_of(value) if len(id) <= MAX_ID_LENGTH)
    return tuple(dict.fromkeys(ids))[:limit]
