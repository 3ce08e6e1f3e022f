"""Names, handles, ids and keys of rows: how this instance writes them, and how it reads its own back."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import unquote

from activitypub.errors import HandleMalformed, IdentifierError, IdUnacceptable
from activitypub.origins import normal_netloc, origin_of

MAX_PK: Final = 2**63 - 1
MAX_SEQUENCE: Final = 2**16 - 1

_RESERVED: Final = """
about account accounts activities activity actor actors admin administrator ai albums api artist artists assets atom
auth authorize_interaction avatar avatars backup blocklist blocklists blog bookmarks contact css datasets delete
deliveries direct discover docs download downloads edit emoji explore export faq favicon featured featured_tags feed
feeds files follow followers following health help home host host_meta icons image images import inbox index
instance interact invite invites jobs js labels legal license lists local login logout mail mailer main_key manifest
me media messages metrics mod moderation moderator moderators new nobody nodeinfo notifications oauth objects oembed
outbox people picture pictures policies policy post postmaster posts preferences privacy profile profiles proxy
public publish register relay remote reports reset robots root rss rules search security self session sessions
settings share shared_inbox sign_in sign_out sign_up signin signout signup sitemap source staff static status
statuses stream studio support system tag tags terms timeline timelines unsubscribe upload uploads user users verify
web webfinger webhook webmaster well_known www
"""
RESERVED_NAMES: Final = frozenset(_RESERVED.split())

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_ARTIST_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,30}")
_PK: Final = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")
_REMOTE_NAME: Final = re.compile(r"[^\s@/:?#\\<>\"\x00-\x1f\x7f]{1,255}")


class CollectionKind(StrEnum):
    """The collections of an artist; each value is the last part of its id."""

    INBOX = "inbox"
    OUTBOX = "outbox"
    FOLLOWERS = "followers"
    FOLLOWING = "following"
    FEATURED = "featured"
    FEATURED_TAGS = "featured_tags"
    FOLLOWERS_SYNCHRONIZATION = "followers_synchronization"


class PostCollectionKind(StrEnum):
    """What others did with a post; each value is the last part of the collection's id."""

    LIKES = "likes"
    SHARES = "shares"
    REPLIES = "replies"


@dataclass(frozen=True, slots=True)
class InstanceActor:
    """`/actor`, which signs what no artist signs."""


@dataclass(frozen=True, slots=True)
class ArtistRef:
    name: str


@dataclass(frozen=True, slots=True)
class PostRef:
    name: str
    pk: int


@dataclass(frozen=True, slots=True)
class CreateRef:
    """The Create of a post; `pk` is the post's."""

    name: str
    pk: int


@dataclass(frozen=True, slots=True)
class CollectionRef:
    name: str
    kind: CollectionKind


@dataclass(frozen=True, slots=True)
class PostCollectionRef:
    """A collection beside a post; `pk` is the post's."""

    name: str
    pk: int
    kind: PostCollectionKind


@dataclass(frozen=True, slots=True)
class ActivityRef:
    name: str
    pk: int


@dataclass(frozen=True, slots=True)
class AlbumRef:
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class QuoteAuthorizationRef:
    """That an artist lets somebody quote a post."""

    name: str
    pk: int


Located = (
    InstanceActor
    | ArtistRef
    | PostRef
    | CreateRef
    | PostCollectionRef
    | CollectionRef
    | ActivityRef
    | AlbumRef
    | QuoteAuthorizationRef
)


@dataclass(frozen=True, slots=True)
class Site:
    """This instance's own addresses. `domain` may carry a port; names appear in ids as the artist typed them."""

    scheme: str
    domain: str

    @property
    def base(self) -> str:
        return f"{self.scheme}://{self.domain}"

    @property
    def shared_inbox(self) -> str:
        return f"{self.base}/inbox"

    @property
    def instance_actor(self) -> str:
        return f"{self.base}/actor"

    @property
    def instance_inbox(self) -> str:
        return f"{self.base}/actor/inbox"

    @property
    def instance_outbox(self) -> str:
        return f"{self.base}/actor/outbox"

    @property
    def instance_key(self) -> str:
        return f"{self.base}/actor#main-key"

    def actor(self, name: str) -> str:
        return f"{self.base}/users/{name}"

    def main_key(self, name: str) -> str:
        return f"{self.actor(name)}#main-key"

    def inbox(self, name: str) -> str:
        return self.collection(name, CollectionKind.INBOX)

    def outbox(self, name: str) -> str:
        return self.collection(name, CollectionKind.OUTBOX)

    def followers(self, name: str) -> str:
        return self.collection(name, CollectionKind.FOLLOWERS)

    def following(self, name: str) -> str:
        return self.collection(name, CollectionKind.FOLLOWING)

    def featured(self, name: str) -> str:
        return self.collection(name, CollectionKind.FEATURED)

    def featured_tags(self, name: str) -> str:
        return self.collection(name, CollectionKind.FEATURED_TAGS)

    def collection(self, name: str, kind: CollectionKind) -> str:
        return f"{self.actor(name)}/{kind}"

    def post(self, name: str, pk: int) -> str:
        return f"{self.actor(name)}/posts/{pk}"

    def create(self, name: str, pk: int) -> str:
        return f"{self.post(name, pk)}/create"

    def post_collection(self, name: str, pk: int, kind: PostCollectionKind) -> str:
        return f"{self.post(name, pk)}/{kind}"

    def activity(self, name: str, pk: int) -> str:
        return f"{self.actor(name)}/activities/{pk}"

    def quote_authorization(self, name: str, pk: int) -> str:
        return f"{self.actor(name)}/quote_authorizations/{pk}"

    def album(self, name: str, slug: str) -> str:
        return f"{self.actor(name)}/albums/{slug}"

    def profile_page(self, name: str) -> str:
        return f"{self.base}/@{name}"

    def post_page(self, name: str, pk: int) -> str:
        return f"{self.base}/@{name}/{pk}"

    def album_page(self, name: str, slug: str) -> str:
        return f"{self.base}/@{name}/albums/{slug}"

    def media(self, capability: str, file_name: str) -> str:
        return f"{self.base}/media/{capability}/{file_name}"

    def is_local(self, id: str) -> bool:
        """Whether the id lies on this instance's own origin."""
        try:
            return origin_of(id) == origin_of(self.base)
        except IdUnacceptable:
            return False

    def locate(self, id: str) -> Located | None:
        """What one of our own ids names; None for other servers' ids, queries, fragments and unknown paths."""
        path = self._path_of(id)
        return None if path is None else _locate_path(path)

    def locate_page(self, url: str) -> Located | None:
        """What one of our own pages (`/@name`, `/@name/ID`, `/@name/albums/slug`) shows, or None."""
        path = self._path_of(url)
        return None if path is None else _locate_page_path(path)

    def _path_of(self, id: str) -> tuple[str, ...] | None:
        if not self.is_local(id):
            return None
        path = id.split("://", 1)[1].partition("/")[2]
        return tuple(path.split("/"))


def _locate_path(path: tuple[str, ...]) -> Located | None:
    match path:
        case ("actor",):
            return InstanceActor()
        case ("users", name, *rest) if _ARTIST_NAME.fullmatch(name):
            return _locate_artists(name, rest)
    return None


def _locate_artists(name: str, rest: list[str]) -> Located | None:
    match rest:
        case []:
            return ArtistRef(name)
        case [kind] if kind in _COLLECTION_KINDS:
            return CollectionRef(name, CollectionKind(kind))
        case ["albums", slug] if _SLUG.fullmatch(slug):
            return AlbumRef(name, slug)
        case ["posts", digits, *after]:
            return _locate_post(name, digits, after)
        case ["activities", digits] if (pk := read_pk(digits)) is not None:
            return ActivityRef(name, pk)
        case ["quote_authorizations", digits] if (pk := read_pk(digits)) is not None:
            return QuoteAuthorizationRef(name, pk)
    return None


def _locate_post(name: str, digits: str, after: list[str]) -> Located | None:
    pk = read_pk(digits)
    if pk is None:
        return None
    match after:
        case []:
            return PostRef(name, pk)
        case ["create"]:
            return CreateRef(name, pk)
        case [kind] if kind in _POST_COLLECTION_KINDS:
            return PostCollectionRef(name, pk, PostCollectionKind(kind))
    return None


def _locate_page_path(path: tuple[str, ...]) -> Located | None:
    name = path[0].removeprefix("@")
    if not path[0].startswith("@") or not _ARTIST_NAME.fullmatch(name):
        return None
    match path[1:]:
        case ():
            return ArtistRef(name)
        case (digits,) if (pk := read_pk(digits)) is not None:
            return PostRef(name, pk)
        case ("albums", slug) if _SLUG.fullmatch(slug):
            return AlbumRef(name, slug)
    return None


_COLLECTION_KINDS: Final = frozenset(CollectionKind)
_POST_COLLECTION_KINDS: Final = frozenset(PostCollectionKind)


@dataclass(frozen=True, slots=True)
class Handle:
    """`@name@domain`; the domain is in normal form and may carry a port."""

    name: str
    domain: str

    @property
    def acct(self) -> str:
        return f"{self.name}@{self.domain}"

    def __str__(self) -> str:
        return f"@{self.name}@{self.domain}"


def read_handle(text: str) -> Handle:
    """Read `@mara@studio.example`, `mara@studio.example` or `acct:mara@studio.example`. Raises HandleMalformed."""
    bare = _strip_invisible(text).replace("＠", "@")  # Japanese keyboards give the wide one
    if bare[:5].lower() == "acct:":
        bare = unquote(bare[5:])
    name, at, netloc = bare.removeprefix("@").partition("@")
    if not at or not _REMOTE_NAME.fullmatch(name):
        raise HandleMalformed("a handle looks like @name@domain")
    try:
        return Handle(name, normal_netloc(netloc))
    except IdUnacceptable as error:
        raise HandleMalformed("the handle's domain cannot be") from error


def fold_name(name: str) -> str:
    """The form in which artist names are compared and kept unique."""
    return name.lower()


def require_artist_name(name: str) -> str:
    """The name as typed. Raises IdentifierError unless it is 1 to 30 of A-Z, a-z, 0-9, _ and not reserved."""
    if not _ARTIST_NAME.fullmatch(name):
        raise IdentifierError("a name has 1 to 30 letters a to z, digits or underscores")
    if fold_name(name) in RESERVED_NAMES:
        raise IdentifierError(f"the name “{name}” is reserved")
    return name


def make_pk(now: datetime, sequence: int) -> int:
    """A time-ordered 63-bit key: milliseconds since 1970 in UTC, then 16 bits of `sequence` (0 to 65,535)."""
    if not 0 <= sequence <= MAX_SEQUENCE:
        raise ValueError("the sequence has 16 bits")
    return (now - _EPOCH) // _MILLISECOND << 16 | sequence


def time_of_pk(pk: int) -> datetime:
    """The instant (UTC, to the millisecond) at which the key was made."""
    return _EPOCH + (pk >> 16) * _MILLISECOND


def read_pk(digits: str) -> int | None:
    """A key written in decimal: 1 to 2**63 - 1, no sign, no leading zero; None for anything else."""
    if not _PK.fullmatch(digits):
        return None
    pk = int(digits)
    return pk if pk <= MAX_PK else None


def _strip_invisible(text: str) -> str:
    """Without the spaces and the direction marks that copying from a page puts around a handle."""
    visible = [i for i, character in enumerate(text) if unicodedata.category(character) not in _INVISIBLE]
    return text[visible[0] : visible[-1] + 1] if visible else ""


_INVISIBLE: Final = frozenset({"Cf", "Cc", "Zs", "Zl", "Zp"})
