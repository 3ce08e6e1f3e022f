"""What public pages are made of: frozen values, and nothing else, are what templates are fed with."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from activitypub.opt_out import OptOut, Signals, html_links, html_meta
from cara_fed.web.parts import (
    NO_HTML,
    Acts,
    Byline,
    Entry,
    FollowState,
    FormView,
    Link,
    OptOutBadge,
    Picture,
    Post,
    Tile,
)


@dataclass(frozen=True, slots=True)
class OpenGraph:
    """What a link card shows; never made for sensitive work. Sizes in pixels."""

    title: str
    image_url: str | None = None
    image_alt: str = ""
    image_width: int | None = None
    image_height: int | None = None
    type: Literal["website", "profile", "article"] = "website"


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same in another form: a feed of this page, how to embed it. ``type`` is its media type."""

    url: str
    type: str
    title: str


@dataclass(frozen=True, slots=True)
class Head:
    """What a public page tells machines. ``creator`` is the handle for bylines on link cards, ``license_url`` the
    artist's own licence, ``image_objects`` JSON-LD that is safe within a script element."""

    canonical_url: str
    activity_url: str | None = None
    description: str = ""
    creator: str | None = None
    open_graph: OpenGraph | None = None
    alternates: tuple[Alternate, ...] = ()
    license_url: str | None = None
    image_objects: Markup = NO_HTML


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The artist who looks. ``role`` decides which doors the navigation shows."""

    byline: Byline
    role: Literal["artist", "moderator", "admin"] = "artist"


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence about what just happened."""

    kind: Literal["done", "warning", "refused"]
    text: str


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language that pages can be had in; ``name`` is what its speakers call it."""

    tag: str
    name: str


@dataclass(frozen=True, slots=True)
class Dress:
    """What a house adds to the frame of every page: addresses of its own style, logo and icons; or nothing."""

    stylesheet_url: str = ""
    logo_url: str = ""
    icon_url: str = ""
    icon_type: str = ""
    touch_icon_url: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The frame around every page: whose site, who looks, in which language, what the opt-out says.

    ``path`` is the address asked for, ``csrf_token`` empty where a page is the same for everyone and may be cached.
    """

    site_name: str
    domain: str
    path: str = "/"
    language: str = "en"
    direction: Literal["ltr", "rtl"] = "ltr"
    languages: tuple[LanguageChoice, ...] = ()
    contact_email: str = ""
    signed_in: SignedIn | None = None
    csrf_token: str = ""
    messages: tuple[Message, ...] = ()
    unread: int = 0
    signals: Signals | None = None
    dress: Dress = Dress()

    @property
    def meta(self) -> tuple[tuple[str, str], ...]:
        """(name, content) of the opt-out's meta elements."""
        return html_meta(self.signals) if self.signals else ()

    @property
    def links(self) -> tuple[tuple[str, str, str], ...]:
        """(rel, type, href) of the opt-out's link elements."""
        return html_links(self.signals) if self.signals else ()


@dataclass(frozen=True, slots=True)
class WelcomePage:
    """``/`` before there is any admin."""


@dataclass(frozen=True, slots=True)
class ArtistEntry:
    """An artist in the collective's list, with up to three recent works."""

    byline: Byline
    works: int
    latest: tuple[Tile, ...] = ()


@dataclass(frozen=True, slots=True)
class FrontPage:
    """``/``: the collective's newest work, its artists, and the hashtags that they use."""

    head: Head
    description: str = ""
    works: tuple[Tile, ...] = ()
    artists: tuple[ArtistEntry, ...] = ()
    tags: tuple[Link, ...] = ()
    older_url: str | None = None


@dataclass(frozen=True, slots=True)
class TagPage:
    """``/tags/NAME``: public works under a hashtag, and below them posts of words alone."""

    head: Head
    name: str
    works: tuple[Tile, ...] = ()
    posts: tuple[Post, ...] = ()
    older_url: str | None = None


@dataclass(frozen=True, slots=True)
class ProfileField:
    """A line that an artist set: ``value`` is safe HTML, ``verified`` that the page it names links back."""

    name: str
    value: Markup
    verified: bool = False


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """``/@NAME``: an artist's wall. ``works`` fill the portfolio and the tab "with", ``posts`` the second tab.

    Counts are of what the one who looks may see; ``summary`` is safe HTML; ``form`` is "follow from your server".
    """

    head: Head
    byline: Byline
    joined_at: datetime
    opt_out: OptOutBadge
    tab: Literal["portfolio", "posts", "with", "about"] = "portfolio"
    summary: Markup = NO_HTML
    fields: tuple[ProfileField, ...] = ()
    banner: Picture | None = None
    works: tuple[Tile, ...] = ()
    posts: tuple[Post, ...] = ()
    work_count: int = 0
    post_count: int = 0
    album_count: int = 0
    shared_count: int = 0
    follower_count: int = 0
    following_count: int = 0
    older_url: str | None = None
    follow: FollowState = FollowState.VISITOR
    moved_to: Byline | None = None
    commissions: Literal["", "open", "waitlist", "closed"] = ""
    has_price_sheet: bool = False
    price_sheet: Markup = NO_HTML
    """On the tab "about" alone."""
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class Series:
    """The series that a work is part of: its place in it, from 1, and the works before and after."""

    album: Link
    number: int
    count: int
    before: Link | None = None
    after: Link | None = None


@dataclass(frozen=True, slots=True)
class PostPage:
    """``/@NAME/ID``: one post, large, with what was answered to it. ``is_named`` says that it names who looks."""

    head: Head
    post: Post
    replies: tuple[Entry, ...] = ()
    newer: Link | None = None
    older: Link | None = None
    series: Series | None = None
    shows_making: bool = False
    is_own: bool = False
    is_named: bool = False
    acts: Acts | None = None


@dataclass(frozen=True, slots=True)
class FollowFromPage:
    """``/@NAME/follow-from``: where are you at home?"""

    byline: Byline
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class AiPolicyPage:
    """``/policies/ai``: in plain words, what is reserved here and how it is said to machines.

    ``since`` is when the instance said so, ``known_crawlers`` how many agents are known by name.
    """

    head: Head
    default: OptOut
    signal_names: tuple[tuple[str, str], ...] = ()
    since: datetime | None = None
    known_crawlers: int = 0
    has_c2pa: bool = False


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """Any refusal or failure. ``detail`` is one safe sentence about this case; ``retry_url`` where to try again."""

    status: int
    detail: str = ""
    retry_url: str | None = None
