"""The parts that pages share: people, pictures, posts and forms as they are shown. Frozen, and with no way back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from markupsafe import Markup

from activitypub.audience import Visibility
from activitypub.opt_out import OptOut

NARROWEST, WIDEST = 0.4, 3.0
"""Width over height of the narrowest and the widest frame on a wall; what lies beyond is cropped at its focal point."""
NO_HTML = Markup()
SMALL_WIDTH = 900
"""A picture of fewer pixels across is never blown up."""


class FollowState(StrEnum):
    """How the one who looks stands to an artist or actor."""

    VISITOR = "visitor"
    SELF = "self"
    NONE = "none"
    PENDING = "pending"
    FOLLOWING = "following"


@dataclass(frozen=True, slots=True)
class Byline:
    """Somebody who made or wrote something, here or elsewhere. ``handle`` is ``@mara@studio.example``."""

    handle: str
    url: str
    display_name: str = ""
    avatar_url: str | None = None
    name_html: Markup = NO_HTML
    """The name with its custom emoji as pictures, where there are any."""

    @property
    def name(self) -> str:
        """What to call them: the display name, or else the name in the handle."""
        return self.display_name.strip() or self.handle.removeprefix("@").partition("@")[0]

    @property
    def shown_name(self) -> Markup | str:
        """The name as it is shown."""
        return self.name_html or self.name

    @property
    def initial(self) -> str:
        """The letter that stands where there is no avatar."""
        return next((letter.upper() for letter in self.name if letter.isalnum()), "·")


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a picture and its width in pixels."""

    url: str
    width: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready to be shown. ``sources`` go from the smallest up; ``full_url`` is the largest public file.

    ``plain_url`` is a JPEG where the sources are WebP, for browsers that read none: Safari before 2020.

    ``width`` and ``height`` are in pixels, ``focal_x`` and ``focal_y`` from -1 (left, bottom) to 1 (right, top) as in
    ActivityPub, ``color`` is ``#rrggbb``.
    """

    sources: tuple[Source, ...]
    full_url: str
    width: int
    height: int
    alt: str = ""
    color: str = "#808080"
    blurhash: str = ""
    focal_x: float = 0.0
    focal_y: float = 0.0
    moving_url: str | None = None
    plain_url: str | None = None

    @property
    def src(self) -> str:
        """What browsers that know no srcset load."""
        return self.sources[-1].url

    @property
    def srcset(self) -> str:
        """Every file with its width."""
        return ", ".join(f"{source.url} {source.width}w" for source in self.sources)

    @property
    def ratio(self) -> int:
        """Width over height of its frame, in hundredths: the class ``r<ratio>`` of ratios.css."""
        return round(100 * min(max(self.width / self.height, NARROWEST), WIDEST))

    @property
    def focus(self) -> str:
        """Classes that keep the focal point in sight where the frame crops, in tenths of the way; else empty."""
        if NARROWEST <= self.width / self.height <= WIDEST:
            return ""
        return f"x{round((self.focal_x + 1) * 5)} y{round((1 - self.focal_y) * 5)}"

    @property
    def is_small(self) -> bool:
        """Whether enlarging it would show its pixels."""
        return self.width < SMALL_WIDTH


@dataclass(frozen=True, slots=True)
class OptOutBadge:
    """What holds for a work, and who said so: ``stated_by`` names the most specific one that answered.

    ``elsewhere`` is somebody of another server, whose words are said again here.
    """

    policy: OptOut
    stated_by: Literal["instance", "artist", "post", "picture", "elsewhere"]
    policy_url: str = "/policies/ai"


@dataclass(frozen=True, slots=True)
class Tile:
    """One frame on a wall. ``cover`` is the content warning that hides the picture ("" hides without words)."""

    url: str
    picture: Picture
    label: str
    cover: str | None = None
    more: int = 0
    byline: Byline | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its words: a licence, the work before or after."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Credit:
    """Who did what in a work: ``role`` is the artist's own word."""

    role: str
    who: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji in answer to a post, as safe HTML with its name for those who cannot see it; how often."""

    shown: Markup
    name: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class PollOption:
    """One answer of a poll, and whether the one who looks chose it."""

    name: str
    votes: int
    percent: int
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll of the post with this ``pk``. ``voters`` is the number of people, where several answers may be chosen."""

    pk: int
    options: tuple[PollOption, ...]
    voters: int
    multiple: bool = False
    ends_at: datetime | None = None
    is_closed: bool = False
    may_vote: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """What a post quotes: the address, and the post where its author lets it be shown. ``is_waiting`` for an answer."""

    url: str
    post: "Post | None" = None
    is_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """A post, local or received. ``cover`` as in :class:`Tile`; ``content`` is safe HTML; times are aware UTC.

    ``made`` says in words how the work came into being, where its artist stated that.
    """

    url: str
    object_id: str
    byline: Byline
    content: Markup
    published_at: datetime
    visibility: Visibility
    edited_at: datetime | None = None
    language: str | None = None
    cover: str | None = None
    pictures: tuple[Picture, ...] = ()
    opt_out: OptOutBadge | None = None
    credits: tuple[Credit, ...] = ()
    license: Link | None = None
    made: str = ""
    replies: int = 0
    likes: int = 0
    announces: int = 0
    quote: Quote | None = None
    poll: Poll | None = None
    reactions: tuple[Reaction, ...] = ()
    history_url: str | None = None


@dataclass(frozen=True, slots=True)
class Acts:
    """What the one who looks can do with a post, and did. ``back`` is the path to come back to; ``pk`` the post's.

    ``quotes_you`` is the state of the quote in a post that quotes theirs.
    """

    pk: int
    actor_id: str
    back: str
    liked: bool = False
    announced: bool = False
    may_announce: bool = True
    is_own: bool = False
    quotes_you: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A post in company; ``acts`` None for a visitor. ``origin_url`` is the page of one from elsewhere, ``answers``
    leads to what it answers, ``depth`` is how far in it stands in a thread, ``filtered`` for which words it folds."""

    post: Post
    pk: int
    acts: Acts | None = None
    announced_by: Byline | None = None
    origin_url: str | None = None
    answers: Link | None = None
    films: tuple[Link, ...] = ()
    depth: int = 0
    filtered: str = ""


@dataclass(frozen=True, slots=True)
class FormView:
    """A form as it stands: what was typed and what is wrong with it, each by the field's name."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str, default: str = "") -> str:
        """What stands in the field."""
        return self.values.get(name, default)
