"""Forms, read into frozen values; everything wrong with one is said at once, each beside its field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Protocol, TypeVar
from urllib.parse import urlsplit

from activitypub.errors import IdentifierError
from activitypub.identifiers import Handle, read_handle, require_artist_name
from activitypub.opt_out import OptOut
from activitypub.quotes import QuotePolicy
from cara_fed.accounts.passwords import require_good_password
from cara_fed.errors import InvalidInput
from cara_fed.protection.cloak.levels import Cloak
from cara_fed.web.parts import FormView
from cara_fed.words.speech import _, later
from cara_fed.words.writing import write_number

MAX_NAME = 100
NO_NAME = later(
    "A name has 1 to 30 letters a to z, digits or underscores, and is none that this site needs for itself."
)

Choice = TypeVar("Choice", bound=StrEnum)
_SECRET = ("password", "current_password", "csrf_token")
_ACTOR_PATH = re.compile(r"/(?:@|users/|profile/|channel/|author/)?([^/@]+)(?:@[^/]+)?/?")


class Upload(Protocol):
    """A file as it arrives: the name its sender gave it, and its bytes still to be read."""

    filename: str | None
    stream: IO[bytes]


class FormInvalid(InvalidInput):
    """A form that cannot be used; ``view`` shows it again, with what was typed and what is wrong, secrets left out."""

    def __init__(self, view: FormView) -> None:
        super().__init__(" ".join(view.errors.values()))
        self.view = view


class FormReader:
    """Reads the fields of one form and gathers what is wrong with them until :meth:`finish`."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = fields
        self.errors: dict[str, str] = {}

    def line(self, name: str, *, limit: int = 500, required: str = "") -> str:
        """One line, trimmed; ``required`` is what to say where it is empty."""
        return " ".join(self.text(name, limit=limit, required=required).split())

    def text(self, name: str, *, limit: int, required: str = "") -> str:
        """Text of up to ``limit`` characters, trimmed, its line ends as ``\\n``."""
        text = self.fields.get(name, "").replace("\r\n", "\n").replace("\0", "").strip()
        if required and not text:
            self.refuse(name, required)
        if len(text) > limit:
            self.refuse(
                name,
                _(
                    "At most %(limit)s characters fit here; these are %(count)s.",
                    limit=write_number(limit),
                    count=write_number(len(text)),
                ),
            )
        return text

    def choice(self, name: str, kind: type[Choice], default: Choice) -> Choice:
        """One of the values of ``kind``; ``default`` where nothing was chosen."""
        try:
            return kind(self.fields.get(name) or default)
        except ValueError:
            self.refuse(name, _("Choose one of these."))
            return default

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.fields.get(name))

    def new_password(self, name: str) -> str:
        """A password to be, exactly as typed."""
        password = self.fields.get(name, "")
        try:
            require_good_password(password)
        except InvalidInput as refusal:
            self.refuse(name, str(refusal))
        return password

    def refuse(self, name: str, why: str) -> None:
        """Say what is wrong with a field; what was said of it first stands."""
        self.errors.setdefault(name, why)

    def finish(self) -> None:
        """Raise FormInvalid if anything was wrong."""
        if self.errors:
            raise FormInvalid(self.again())

    def again(self, **errors: str) -> FormView:
        """The form as it stands, to be shown again with these errors too."""
        values = {name: value for name, value in self.fields.items() if name not in _SECRET}
        return FormView(values, self.errors | errors)


@dataclass(frozen=True, slots=True)
class LogInForm:
    """A name, the password as typed, and a path of this site to go to afterwards."""

    name: str
    password: str
    next_path: str


@dataclass(frozen=True, slots=True)
class JoinForm:
    """A new account: for the first admin or for someone invited; ``token`` is from the one-time link."""

    token: str
    name: str
    password: str


@dataclass(frozen=True, slots=True)
class PasswordForm:
    """A new password, and what proves the right to set it: the current one, or a one-time token."""

    password: str
    current_password: str
    token: str


@dataclass(frozen=True, slots=True)
class FollowFromForm:
    """Where the visitor is at home."""

    handle: Handle


def read_log_in_form(fields: Mapping[str, str]) -> LogInForm:
    """Fields ``name``, ``password``, ``next``. A handle of this site is taken for its name."""
    reader = FormReader(fields)
    name = reader.line("name", limit=MAX_NAME, required=_("Your name here, as in @name."))
    password = fields.get("password", "")
    if not password:
        reader.refuse("password", _("Your password is missing."))
    reader.finish()
    return LogInForm(name.removeprefix("@").partition("@")[0], password, read_next_path(fields.get("next", "")))


def read_next_path(path: str) -> str:
    """A path of this site to go on to; the front page where ``path`` is none, or might lead elsewhere."""
    leads_away = not path.startswith("/") or path.startswith("//") or re.search(r"[\\\x00-\x20\x7f]", path)
    return "/" if leads_away else path


def read_join_form(fields: Mapping[str, str]) -> JoinForm:
    """Fields ``token``, ``name``, ``password``."""
    reader = FormReader(fields)
    name = reader.line("name", limit=MAX_NAME).removeprefix("@")
    try:
        require_artist_name(name)
    except IdentifierError:
        reader.refuse("name", _(NO_NAME))
    password = reader.new_password("password")
    reader.finish()
    return JoinForm(fields.get("token", ""), name, password)


def read_password_form(fields: Mapping[str, str]) -> PasswordForm:
    """Fields ``password`` and either ``current_password`` or ``token``."""
    reader = FormReader(fields)
    current, token = fields.get("current_password", ""), fields.get("token", "")
    if not current and not token:
        reader.refuse("current_password", _("The password that you have now is missing."))
    password = reader.new_password("password")
    reader.finish()
    return PasswordForm(password, current, token)


def read_follow_from_form(fields: Mapping[str, str]) -> FollowFromForm:
    """Field ``handle``: ``@you@your.server`` in any usual form, or the address of one's own profile."""
    reader = FormReader(fields)
    typed = reader.line("handle", required=_("Your own handle, for example @you@your.server."))
    try:
        handle = read_handle(_handle_of_profile(typed) or typed)
    except IdentifierError:
        reader.refuse("handle", _("This is no handle. One looks like @you@your.server."))
        raise FormInvalid(reader.again()) from None
    reader.finish()
    return FollowFromForm(handle)


def read_opt_out(reader: FormReader, name: str = "opt_out") -> OptOut | None:
    """The field ``opt_out`` of any form; None where it is left to whoever is asked next."""
    return reader.choice(name, OptOut, OptOut.UNSET) if reader.fields.get(name) else None


def read_cloak(reader: FormReader, name: str = "cloak") -> Cloak | None:
    """Which cloak is wanted; None where it is left to the artist's choice for all pictures, or the instance's."""
    return reader.choice(name, Cloak, Cloak.OFF) if reader.fields.get(name) else None


def read_quote_policy(reader: FormReader) -> QuotePolicy | None:
    """The field ``quote_policy``; None where it is left to what the artist says of all posts."""
    return (
        reader.choice("quote_policy", QuotePolicy, QuotePolicy.EVERYONE) if reader.fields.get("quote_policy") else None
    )


def chosen_file(files: Mapping[str, Upload], name: str) -> Upload | None:
    """The file of a field; None where none was chosen (browsers then send an empty one without a name)."""
    upload = files.get(name)
    return upload if upload is not None and upload.filename else None


def _handle_of_profile(text: str) -> str | None:
    """``https://your.server/@you`` → ``you@your.server``."""
    if not text.lower().startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:  # http://[
        return None
    match = _ACTOR_PATH.fullmatch(parts.path)
    return f"{match[1]}@{parts.netloc}" if match else None
