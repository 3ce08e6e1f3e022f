"""What the blocklist's pages are made of: the public ones, and the admin's rooms for appeals and held lists."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cara_fed.web.parts import FormView
from cara_fed.web.views import Head


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry as everybody may read it. ``ended_at`` is when it was taken back or expired."""

    key: str
    url: str
    label: str
    policy: str
    reason: str
    since: datetime
    evidence: tuple[str, ...] = ()
    expires_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ScrapersPage:
    """``/blocklists/ai-scrapers``: who is refused here, and the files for other admins."""

    head: Head
    entries: tuple[ListedEntry, ...] = ()
    total: int = 0
    more_url: str | None = None


@dataclass(frozen=True, slots=True)
class AnsweredAppeal:
    """An appeal in public: nobody's words but the answer, and when."""

    filed_at: datetime
    state: Literal["open", "granted", "refused"]
    answer: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ScraperPage:
    """``/blocklists/ai-scrapers/ENTRY``: why somebody is refused, on what evidence, and how to appeal."""

    head: Head
    entry: ListedEntry
    appeals: tuple[AnsweredAppeal, ...] = ()


@dataclass(frozen=True, slots=True)
class AppealPage:
    """``/blocklists/ai-scrapers/ENTRY/appeal``. The form's fields: ``content`` and ``contact``."""

    entry: ListedEntry
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class OpenAppeal:
    """An appeal that waits, for those who run the site."""

    pk: int
    key: str
    url: str
    content: str
    contact: str
    filed_at: datetime


@dataclass(frozen=True, slots=True)
class AppealsPage:
    """``/admin/appeals``. Each form's fields: ``appeal``, ``answer`` and ``decision``."""

    appeals: tuple[OpenAppeal, ...] = ()
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class HeldCut:
    """What one artist would lose."""

    artist: str
    followers: int
    following: int
    requests: int


@dataclass(frozen=True, slots=True)
class HeldListView:
    """A list that waits for review: what applying it would do. Keys are shown up to a bound, counts are whole.

    ``waiting`` are those that would not count yet, since too few lists have them.
    """

    url: str
    held_at: datetime
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    retracted: tuple[str, ...] = ()
    added_count: int = 0
    changed_count: int = 0
    retracted_count: int = 0
    cuts: tuple[HeldCut, ...] = ()
    waiting: tuple[str, ...] = ()
    waiting_count: int = 0


@dataclass(frozen=True, slots=True)
class HeldListsPage:
    """``/admin/lists``: other people's lists that wait."""

    lists: tuple[HeldListView, ...] = ()


@dataclass(frozen=True, slots=True)
class DeedView:
    """Something that was done to the list; ``author`` is empty where the instance did it by itself."""

    author: str
    action: str
    subject: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """``/admin/history``: who changed whom this site refuses, newest first."""

    deeds: tuple[DeedView, ...] = ()
    older_url: str | None = None


@dataclass(frozen=True, slots=True)
class SeveredFollow:
    """A follow that the blocklist cut or gave back."""

    actor_id: str
    side: Literal["follower", "following"]
    state: Literal["suspended", "rejected", "accepted"]
    key: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SeveredFollowsPage:
    """``/settings/blocked-follows``: what the blocklist did to an artist's follows, newest first."""

    follows: tuple[SeveredFollow, ...] = ()
    older_url: str | None = None
