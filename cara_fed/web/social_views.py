"""What the pages of company are made of: home, notifications, search, people and posts of other servers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from cara_fed.web.parts import NO_HTML, Byline, Entry, FollowState, FormView, Link, Post, Reaction, Tile
from cara_fed.web.views import ProfileField


@dataclass(frozen=True, slots=True)
class HomePage:
    """``/home``: what those whom the artist follows publish and pass on, newest first; what every artist is told."""

    entries: tuple[Entry, ...] = ()
    older_url: str | None = None
    follows_somebody: bool = True
    announcements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """``/local`` and ``/bookmarks``."""

    kind: Literal["local", "bookmarks"]
    entries: tuple[Entry, ...] = ()
    older_url: str | None = None


@dataclass(frozen=True, slots=True)
class CirclesPage:
    """``/circles``: an artist's lists of people. The form, which makes one more, has the field ``title``."""

    circles: tuple[Link, ...] = ()
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is followed, and whether they are in the list."""

    byline: Byline
    actor_id: str
    is_inside: bool = False


@dataclass(frozen=True, slots=True)
class CirclePage:
    """``/circles/PK``: what those of a list publish, and the form that says who they are (fields ``member``)."""

    circle: Link
    entries: tuple[Entry, ...] = ()
    older_url: str | None = None
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class FilterLine:
    """A word that is not to be read; ``hides`` leaves posts with it out."""

    pk: int
    phrase: str
    hides: bool
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FiltersPage:
    """``/settings/filters``. The form's fields: ``phrase``, ``action`` (warn or hide) and ``days``."""

    filters: tuple[FilterLine, ...] = ()
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class MessagesPage:
    """``/messages``: direct posts, to the artist and by them, newest first."""

    entries: tuple[Entry, ...] = ()
    older_url: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification. ``kind`` is the row's; ``about`` the post it is about, ``words`` what a report says.

    ``quote_pk`` is the post that waits for leave to quote, ``credit_pk`` the question whether one may be named.
    """

    kind: str
    actor_id: str
    byline: Byline
    at: datetime
    is_new: bool
    about: Link | None = None
    words: str = ""
    side: str = ""
    may_answer: bool = False
    quote_pk: int | None = None
    credit_pk: int | None = None
    reaction: Reaction | None = None


@dataclass(frozen=True, slots=True)
class NotificationsPage:
    """``/notifications``; ``newest_pk`` goes back with "mark all as read"."""

    notices: tuple[Notice, ...] = ()
    older_url: str | None = None
    unread: int = 0
    newest_pk: int = 0


@dataclass(frozen=True, slots=True)
class SearchPage:
    """``/search``: what was looked for, why nothing came of it, or what did: artists, works, posts of words alone.

    ``reaches_elsewhere`` says that handles and addresses of other servers are looked up, too.
    """

    form: FormView = field(default_factory=FormView)
    artists: tuple[Byline, ...] = ()
    works: tuple[Tile, ...] = ()
    posts: tuple[Post, ...] = ()
    older_url: str | None = None
    reaches_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class ActorPage:
    """``/actors/PK``: somebody of another server, as far as they are known here. ``summary`` is safe HTML."""

    byline: Byline
    actor_id: str
    origin_url: str
    path: str
    summary: Markup = NO_HTML
    fields: tuple[ProfileField, ...] = ()
    state: FollowState = FollowState.NONE
    is_blocked: bool = False
    is_muted: bool = False
    follows_back: bool = False
    moved_to: Link | None = None
    entries: tuple[Entry, ...] = ()
    older_url: str | None = None


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """``/posts/PK``: a post of another server, with what it answers above and what was answered below."""

    entry: Entry
    above: tuple[Entry, ...] = ()
    below: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """What a post said from then on; ``content`` is safe HTML, ``cover`` as in :class:`cara_fed.web.parts.Tile`."""

    at: datetime
    content: Markup
    cover: str | None = None
    alts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """``/@NAME/ID/history`` and ``/posts/PK/history``: what a post says and said before, the latest first."""

    byline: Byline
    post_url: str
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """``/posts/PK/reply`` and ``/posts/PK/quote``. The form's fields: ``text``, ``content_warning``, ``visibility``.

    ``must_ask`` says that a quote is not shown before its author agrees.
    """

    entry: Entry
    what: Literal["reply", "quote"] = "reply"
    must_ask: bool = False
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class ReportPage:
    """``/report``: what is wrong? ``server`` is the other server's domain, empty for somebody here."""

    byline: Byline
    actor_id: str
    server: str = ""
    post_pk: int | None = None
    post: Post | None = None
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class KeptAway:
    """Somebody blocked or muted."""

    byline: Byline
    actor_id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class KeepingAwayPage:
    """``/settings/people``: whom the artist blocks and mutes."""

    blocked: tuple[KeptAway, ...] = ()
    muted: tuple[KeptAway, ...] = ()
