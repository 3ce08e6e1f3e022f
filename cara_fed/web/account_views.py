"""What the pages are made of on which artists move, leave, and let people follow."""

from dataclasses import dataclass, field
from datetime import datetime

from cara_fed.protection.cloak.levels import Cloak
from cara_fed.web.parts import Byline, FormView


@dataclass(frozen=True, slots=True)
class AccountSettingsPage:
    """``/settings/account``: moving here, moving away, leaving. The forms' fields: ``aliases``, one a line; ``target``;
    ``password`` with the last two. ``actor_id`` is what another server asks for as an alias."""

    actor_id: str
    moved_to: str | None = None
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class QuoteSettingsPage:
    """``/settings/quotes``. The form's field: ``quote_policy``."""

    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class LanguageSettingsPage:
    """``/settings/language``. ``asked`` names what the browser asks for; the form's field: ``language``, a tag."""

    asked: str
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class CloakSettingsPage:
    """``/settings/cloak``. ``default`` is what the instance does; the form's field: ``cloak``."""

    cloaks: tuple[Cloak, ...]
    default: Cloak
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class FollowRequest:
    """Somebody who asks to follow; ``actor_id`` goes back with the form."""

    byline: Byline
    actor_id: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class FollowRequestsPage:
    """``/follow-requests``: who asks, newest first."""

    requests: tuple[FollowRequest, ...] = ()
    is_needed: bool = True
    older_url: str | None = None
