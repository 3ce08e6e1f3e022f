"""What the rooms of those who run the place are made of, besides the blocklist's; and what they tell everybody."""

from dataclasses import dataclass, field
from datetime import datetime

from cara_fed.web.parts import Byline, Entry, FormView


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report in a list. ``about`` is None where whoever it names was never met here."""

    pk: int
    about: Byline | None
    about_id: str
    reporter: Byline | None
    reporter_id: str
    words: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportsPage:
    """``/admin/reports``: those that wait, or those that were closed."""

    reports: tuple[ReportLine, ...] = ()
    state: str = "open"
    older_url: str | None = None
    appeals: "tuple[SuspensionAppealView, ...]" = ()
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class SuspensionAppealView:
    """What a suspended artist says; ``pk`` goes back with the answer."""

    pk: int
    byline: Byline
    reason: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NoteView:
    """What a moderator did or wrote."""

    author: str
    action: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CasePage:
    """``/admin/reports/PK``: one report with its evidence. ``missing`` are ids of what is not here any more.

    ``is_ours`` where it is about an artist here, ``is_suspended`` where that was done. Fields: ``act``, ``words``.
    """

    report: ReportLine
    entries: tuple[Entry, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[NoteView, ...] = ()
    others: tuple[ReportLine, ...] = ()
    is_ours: bool = False
    is_suspended: bool = False
    was_forwarded: bool = False
    server: str = ""
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a new instance wants: done or not, and where it is done."""

    words: str
    hint: str
    url: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class StartPage:
    """``/admin``: what waits, and what is still to be set up. ``trouble`` counts servers that take nothing."""

    steps: tuple[Step, ...] = ()
    reports: int = 0
    appeals: int = 0
    applications: int = 0
    held: int = 0
    lists: int = 0
    trouble: int = 0


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """Something that everybody is told until it ends."""

    pk: int
    words: str
    author: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RulesAdminPage:
    """``/admin/rules``. Fields: ``rules``, one a line; ``announcement`` and ``days``."""

    announcements: tuple[AnnouncementView, ...] = ()
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class RulesPage:
    """``/rules``, for everybody."""

    rules: tuple[str, ...] = ()
    moderators: tuple[Byline, ...] = ()
    may_apply: bool = False


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """Somebody who wants to join. ``address`` is empty where nobody can write to them."""

    pk: int
    name: str
    address: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ApplicationsPage:
    """``/admin/applications``. ``link`` is shown once, for whom no letter reaches; ``is_open`` is instance.joining."""

    applications: tuple[ApplicationView, ...] = ()
    link: str = ""
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class ApplyPage:
    """``/join/apply``. Fields: ``name``, ``mail``, ``words``. ``is_sent`` once that was done."""

    rules: tuple[str, ...] = ()
    needs_mail: bool = False
    is_sent: bool = False
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class SuspendedPage:
    """``/suspended``: all that a suspended artist sees. Field: ``words``. ``answer`` is to an earlier appeal."""

    handle: str
    reason: str
    since: datetime
    is_waiting: bool = False
    answer: str = ""
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class UseView:
    """What one artist's pictures take and sent, in bytes."""

    byline: Byline
    pictures: int
    size: int
    lately: int
    sent: int


@dataclass(frozen=True, slots=True)
class StoragePage:
    """``/admin/storage``, in bytes. ``free``, ``days_left`` and ``monthly`` are None where nobody can say."""

    artists: tuple[UseView, ...] = ()
    total: int = 0
    lately: int = 0
    free: int | None = None
    days_left: int | None = None
    sent: int = 0
    monthly: int | None = None


@dataclass(frozen=True, slots=True)
class SettingView:
    """One key of instance.toml, each value as TOML has it. ``is_live``: it needs no restart."""

    key: str
    running: str
    stated: str
    would_change: bool
    is_own: bool
    is_live: bool


@dataclass(frozen=True, slots=True)
class SettingsFilePage:
    """``/admin/settings``: instance.toml, which only the admin writes. ``live`` and ``waiting`` count changes."""

    path: str
    settings: tuple[SettingView, ...] = ()
    mistakes: tuple[str, ...] = ()
    live: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class ColourView:
    """One of ``[appearance]``'s colours: the one asked for, its worst contrast, and the nearest that can be read."""

    key: str
    asked: str
    is_color: bool
    shown: str
    contrast: float


@dataclass(frozen=True, slots=True)
class AppearancePage:
    """``/admin/appearance``. ``preview_url`` is a style sheet of the colours shown; files as instance.toml has them."""

    colours: tuple[ColourView, ColourView]
    preview_url: str
    logo_url: str = ""
    logo: str = ""
    stylesheet: str = ""


@dataclass(frozen=True, slots=True)
class EmojiView:
    """One of the house's emoji; ``source`` is the server it was copied from, or empty."""

    shortcode: str
    picture_url: str
    category: str
    source: str
    added_by: str
    is_used: bool


@dataclass(frozen=True, slots=True)
class SeenEmojiView:
    """An emoji in somebody else's post; ``url`` goes back to have it copied."""

    shortcode: str
    url: str
    picture_url: str
    server: str


@dataclass(frozen=True, slots=True)
class EmojiPage:
    """``/admin/emoji``. Fields: ``picture``, ``shortcode``, ``category``."""

    emoji: tuple[EmojiView, ...] = ()
    seen: tuple[SeenEmojiView, ...] = ()
    form: FormView = field(default_factory=FormView)
