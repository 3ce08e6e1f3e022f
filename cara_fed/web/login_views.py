"""What the pages are made of on which one proves who one is, and takes along what is one's own."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cara_fed.web.parts import FormView


@dataclass(frozen=True, slots=True)
class CodePage:
    """``/login/code``: the code that an app shows. Form fields: ``code``, ``next``."""

    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class ForgottenPage:
    """``/password/forgotten``: a link by mail. Form field: ``name``. ``is_asked`` says that one may be on its way."""

    form: FormView = field(default_factory=FormView)
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class MailConfirmPage:
    """``/settings/mail/confirm``: behind the link that went to a new address."""

    token: str


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """One passkey; ``pk`` goes back with the form that removes it."""

    pk: int
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class PendingApp:
    """What an app reads: an ``otpauth:`` address, its secret for typing, and the QR code as the dark modules' path."""

    address: str
    secret: str
    qr_path: str
    qr_size: int


@dataclass(frozen=True, slots=True)
class LoginSettingsPage:
    """``/settings/login``: passkeys, codes by an app, recovery codes, mail address.

    ``recovery_codes`` are shown this once; ``asks_passkey`` where one is asked for after the password.
    ``mail`` is None where there is no mail server.
    """

    passkeys: tuple[PasskeyView, ...] = ()
    has_app: bool = False
    asks_passkey: bool = False
    pending: PendingApp | None = None
    codes_left: int = 0
    recovery_codes: tuple[str, ...] = ()
    has_mail_server: bool = False
    mail: str = ""
    is_mail_confirmed: bool = False
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """An archive of one's own: ``url`` once it is ready; sizes in bytes."""

    state: Literal["asked", "ready", "failed"]
    asked_at: datetime
    url: str = ""
    size: int = 0
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExportSettingsPage:
    """``/settings/export``: everything that one made here, to take along."""

    archives: tuple[ArchiveView, ...] = ()
    follows: int = 0
    may_ask: bool = True
