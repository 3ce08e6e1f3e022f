"""instance.toml, read once into frozen values; every mistake is reported at once by its dotted key."""

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import IPv4Network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from activitypub.identifiers import Site
from activitypub.opt_out import OptOut
from cara_fed.appearance.section import AppearanceSection
from cara_fed.config_values import (
    Netloc,
    Network,
    host_of,
    is_loopback_name,
    require_bind,
    require_database_url,
    require_media_place,
    require_web_address,
)
from cara_fed.errors import ConfigError

ENVIRONMENT_PREFIX = "CARA_FED_"
AGENTS_URL = "https://raw.githubusercontent.com/ai-robots-txt/ai.robots.txt/main/robots.json"
PLAIN_WORDS = {  # pydantic's kind of mistake → what is said of it
    "extra_forbidden": "there is no such key",
    "missing": "must be given",
    "string_type": "must be a text in quotes",
    "tuple_type": "must be a list in brackets",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
}
SubscriptionFormat = Literal[
    "fires",
    "mastodon-csv",
    "gotosocial-json",
    "text",
    "fediblockhole-csv",
    "mastodon-api",
    "ai-robots-json",
]


class Section(BaseModel):
    """A table of instance.toml: frozen, and with no room for a key that means nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class InstanceSection(Section):
    """``[instance]``: who this is."""

    domain: Netloc = "localhost:8080"
    scheme: Literal["http", "https"]
    name: str = Field(default="A small studio", min_length=1, max_length=100)
    description: str = Field(default="", max_length=5000)
    joining: Literal["invitation", "application"] = "invitation"
    contact_email: str = Field(default="", max_length=320, pattern=r"^$|^[^@\s]+@[^@\s]+$")
    languages: tuple[str, ...] = ("en",)

    @model_validator(mode="before")
    @classmethod
    def _default_scheme(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "scheme" in data:
            return data
        domain = data.get("domain", "localhost:8080")
        local = isinstance(domain, str) and is_loopback_name(host_of(domain))
        return {**data, "scheme": "http" if local else "https"}

    @field_validator("scheme")
    @classmethod
    def _require_https_in_public(cls, value: str, others: ValidationInfo) -> str:
        domain = others.data.get("domain")  # missing where it is a mistake itself
        if value == "http" and domain is not None and not is_loopback_name(host_of(domain)):
            raise ValueError('"http" is accepted only for localhost and loopback addresses')
        return value


class ServerSection(Section):
    """``[server]``: where it listens, and how much it takes."""

    bind: Annotated[str, AfterValidator(require_bind)] = "127.0.0.1:8080"
    trusted_proxies: tuple[Network, ...] = (IPv4Network("127.0.0.1"),)
    proxy_files: str = "data/proxy"
    max_upload_mib: StrictInt = Field(default=400, ge=1, le=10_000)
    upload_timeout_seconds: StrictInt = Field(default=1800, ge=10, le=86_400)


class S3Section(Section):
    """``[storage.s3]``: the store behind ``media = "s3://…"``."""

    endpoint: str = ""
    region: str = ""
    access_key_id: str = ""
    secret_access_key_file: str = ""


def _require_places(command: tuple[str, ...]) -> tuple[str, ...]:
    words = " ".join(command)
    if command and ("{in}" not in words or "{out}" not in words):
        raise ValueError('must name "{in}" and "{out}", the files that it reads and writes')
    return command


class StorageSection(Section):
    """``[storage]``: the database and the files."""

    database: Annotated[str, AfterValidator(require_database_url)] = "sqlite+aiosqlite:///data/cara.sqlite3"
    database_password_file: str = ""
    media: Annotated[str, AfterValidator(require_media_place)] = Field(default="data/media", min_length=1)
    originals_key_file: str = ""
    remote_cache: str = Field(default="data/remote", min_length=1)
    remote_cache_mib: StrictInt = Field(default=1024, ge=0, le=1024 * 1024)
    s3: S3Section = Field(default=S3Section(), validate_default=True)

    @field_validator("s3")
    @classmethod
    def _require_access_key(cls, value: S3Section, others: ValidationInfo) -> S3Section:
        # Without one the store's library would ask the cloud's metadata service who this machine is.
        if str(others.data.get("media", "")).startswith("s3://") and not value.access_key_id:
            raise ValueError("access_key_id must be given where storage.media is s3://")
        return value


class FederationSection(Section):
    """``[federation]``: how this instance talks to others."""

    authorized_fetch: StrictBool = True
    allowed_private_networks: tuple[Network, ...] = ()
    ca_file: str = ""
    timeout_seconds: StrictInt = Field(default=20, ge=1, le=300)
    max_document_kib: StrictInt = Field(default=1024, ge=16, le=65_536)
    deliveries_per_host: StrictInt = Field(default=4, ge=1, le=100)
    delivery_workers: StrictInt = Field(default=32, ge=1, le=1000)
    deliveries_per_second: StrictInt = Field(default=20, ge=1, le=100_000)


class OptOutSection(Section):
    """``[opt_out]``: what is said of work whose artist said nothing else."""

    default: OptOut = OptOut.NO_AI_TRAINING
    agents_url: str = Field(default=AGENTS_URL, max_length=2048, pattern=r"^https?://")


class PostsSection(Section):
    """``[posts]``: what this house asks of its artists' posts, and what it keeps of those that are not out yet."""

    require_alt_text: bool = False
    hold_ai_made: bool = False
    keep_drafts_days: int = Field(default=90, ge=1, le=3650)
    drafts_mib: int = Field(default=2048, ge=1, le=1024 * 1024)


class ProtectionSection(Section):
    """``[protection]``: limits and choices of the picture pipeline."""

    cloak: Literal["off", "instant", "light", "strong", "command"] = "off"
    cloak_model: str = Field(default="data/cloak/taesana_encoder.pth", min_length=1)
    command: Annotated[tuple[str, ...], AfterValidator(_require_places)] = ()
    command_seconds: StrictInt = Field(default=1800, ge=1, le=24 * 3600)
    invisible_mark: StrictBool = False
    c2pa: StrictBool = False
    max_file_mib: StrictInt = Field(default=60, ge=1, le=1024)
    max_megapixels: StrictInt = Field(default=120, ge=1, le=1000)
    max_frames: StrictInt = Field(default=600, ge=1, le=10_000)
    max_seconds: StrictInt = Field(default=120, ge=1, le=3600)
    max_memory_mib: StrictInt = Field(default=2048, ge=256)
    workers: StrictInt = Field(default=1, ge=1, le=64)

    @model_validator(mode="after")
    def _require_command(self) -> Self:
        if self.cloak == "command" and not self.command:
            raise ValueError('cloak = "command" needs a command')
        return self


class Subscription(Section):
    """``[[blocklist.subscriptions]]``: a list that somebody else publishes."""

    url: Annotated[str, AfterValidator(require_web_address)]
    format: SubscriptionFormat
    action: Literal["enforce", "review"] = "enforce"
    refresh_hours: StrictInt = Field(default=24, ge=1, le=24 * 30)
    priority: StrictInt = Field(default=0, ge=0, le=255)
    excludes: tuple[str, ...] = ()


class BlocklistSection(Section):
    """``[blocklist]``: what is published, and what is subscribed to."""

    publish: StrictBool = True
    threshold: StrictInt = Field(default=1, ge=1, le=100)
    subscriptions: tuple[Subscription, ...] = ()

    @field_validator("subscriptions")
    @classmethod
    def _require_distinct(cls, value: tuple[Subscription, ...]) -> tuple[Subscription, ...]:
        if len({subscription.url for subscription in value}) != len(value):
            raise ValueError("the same url stands twice")
        return value


class EvidenceSection(Section):
    """``[evidence]``: where pictures went, for how long that is known, and what proves it."""

    keep_days: StrictInt = Field(default=365, ge=1, le=3650)
    timestamp_server: str = Field(default="", max_length=2048, pattern=r"^$|^https?://")
    timestamp_ca_file: str = ""
    access_log: str = ""


class SmtpSection(Section):
    """``[smtp]``: the mail server that takes our letters; without one, admins pass links on themselves."""

    host: str = Field(default="", max_length=253)
    port: StrictInt = Field(default=587, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password_file: str = ""
    sender: str = Field(default="", max_length=320, pattern=r"^$|^[^@\s]+@[^@\s]+$", validate_default=True)

    @field_validator("sender")
    @classmethod
    def _require_sender(cls, value: str, others: ValidationInfo) -> str:
        if others.data.get("host") and not value:
            raise ValueError("must be given where smtp.host is, e.g. studio@studio.example")
        return value

    @field_validator("security")
    @classmethod
    def _require_secrecy(cls, value: str, others: ValidationInfo) -> str:
        if value == "none" and not is_loopback_name(str(others.data.get("host", "")) or "localhost"):
            raise ValueError('"none" is accepted only for a mail server on this machine')
        return value


class Config(Section):
    """All of instance.toml."""

    instance: InstanceSection = Field(default_factory=lambda: InstanceSection.model_validate({}))
    appearance: AppearanceSection = AppearanceSection()
    server: ServerSection = ServerSection()
    storage: StorageSection = StorageSection()
    federation: FederationSection = FederationSection()
    opt_out: OptOutSection = OptOutSection()
    posts: PostsSection = PostsSection()
    protection: ProtectionSection = ProtectionSection()
    blocklist: BlocklistSection = BlocklistSection()
    evidence: EvidenceSection = EvidenceSection()
    smtp: SmtpSection = SmtpSection()
    folder: Path = Field(default=Path(), exclude=True, description="what relative paths are relative to")
    file: str = Field(default="instance.toml", exclude=True, description="the name of the file itself, in that folder")

    @property
    def site(self) -> Site:
        """The addresses of this instance."""
        return Site(scheme=self.instance.scheme, domain=self.instance.domain)

    @property
    def path(self) -> Path:
        """Where the file is that says all this."""
        return self.folder / self.file

    def resolve(self, path: str) -> Path:
        """A path of instance.toml, relative to the file that names it."""
        return (self.folder / path).resolve()


def load_config(path: Path) -> Config:
    """Read and check the file at ``path``; raises :class:`ConfigError` with every mistake in it."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError((f"{path}: there is no such file",)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError((f"{path}: cannot be read: {error}",)) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError((f"{path}: is not TOML: {error}",)) from error
    if ours := {"folder", "file"} & data.keys():
        raise ConfigError(tuple(f"{path}: {key}: {PLAIN_WORDS['extra_forbidden']}" for key in sorted(ours)))
    try:
        return Config.model_validate({**data, "folder": path.resolve().parent, "file": path.name})
    except ValidationError as error:
        raise ConfigError(read_mistakes(path, error)) from None


def require_files(path: Path, config: Config) -> None:
    """Raise ConfigError with every file that the file at ``path`` names and that cannot be read."""
    named = {
        "appearance.logo": config.appearance.logo,
        "appearance.stylesheet": config.appearance.stylesheet,
        "federation.ca_file": config.federation.ca_file,
        "evidence.timestamp_ca_file": config.evidence.timestamp_ca_file,
        "smtp.password_file": config.smtp.password_file,
        "storage.originals_key_file": config.storage.originals_key_file,
        "storage.database_password_file": config.storage.database_password_file,
        "storage.s3.secret_access_key_file": config.storage.s3.secret_access_key_file,
    }
    missing = [key for key, file in named.items() if file and not os.access(config.resolve(file), os.R_OK)]
    if missing:
        raise ConfigError(tuple(f"{path}: {key}: {config.resolve(named[key])} cannot be read" for key in missing))


def database_url(config: Config, environment: Mapping[str, str] = os.environ) -> str:
    """The database's URL with an absolute path (SQLite) or with the password put in (PostgreSQL)."""
    url = config.storage.database
    if url.startswith("sqlite+aiosqlite:///"):
        return f"sqlite+aiosqlite:///{config.resolve(url.removeprefix('sqlite+aiosqlite:///'))}"
    password = read_secret(config, "DATABASE_PASSWORD", config.storage.database_password_file, environment)
    return _with_password(url, password) if password else url


def read_secret(config: Config, name: str, file: str, environment: Mapping[str, str] = os.environ) -> str:
    """A secret from ``$CARA_FED_<name>`` or else from the file that instance.toml names; empty where neither is."""
    if value := environment.get(ENVIRONMENT_PREFIX + name):
        return value
    if not file:
        return ""
    try:
        return config.resolve(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError((f"the secret file {file} cannot be read: {error.strerror}",)) from error


def read_originals_keys(config: Config, environment: Mapping[str, str] = os.environ) -> tuple[bytes, ...]:
    """The keys that originals are sealed with, the one in use first; none where none is configured.

    They stand in ``$CARA_FED_ORIGINALS_KEY`` or the file of ``storage.originals_key_file``, each as 64 hexadecimal
    digits, with spaces or line ends between them. Raises ConfigError.
    """
    given = read_secret(config, "ORIGINALS_KEY", config.storage.originals_key_file, environment).split()
    if any(re.fullmatch(r"[0-9a-fA-F]{64}", key) is None for key in given):
        said = "storage.originals_key_file: each key must be 64 hexadecimal digits, as from: openssl rand -hex 32"
        raise ConfigError((said,))
    return tuple(bytes.fromhex(key) for key in given)


def _with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    netloc = f"{user}:{quote(password, safe='')}{at}{host}" if at else parts.netloc
    return urlunsplit(parts._replace(netloc=netloc))


def read_mistakes(path: Path, error: ValidationError) -> tuple[str, ...]:
    """Every mistake that validation found in the file at ``path``, each with its dotted key."""
    return tuple(
        f"{path}: {'.'.join(str(part) for part in mistake['loc'])}: {_say_mistake(mistake['type'], mistake['msg'])}"
        for mistake in error.errors()
    )


def _say_mistake(kind: str, message: str) -> str:
    message = message.removeprefix("Value error, ").replace("Input should be", "must be")
    return PLAIN_WORDS.get(kind, message)
