"""Values of instance.toml: what each kind of text has to be; a ValueError says what is wrong with it."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, PlainValidator

from activitypub.errors import IdUnacceptable
from activitypub.origins import origin_of


def require_netloc(value: str) -> str:
    """A host in lower case, with a port only where it is not the usual one."""
    parts = urlsplit(f"//{value}")
    if not parts.hostname or parts.netloc != value or value != value.lower() or parts.username is not None:
        raise ValueError("must be a host name in lower case, with a port only if it is not the usual one")
    _ = parts.port  # raises ValueError where it is not a number of 0 to 65535
    return value


def require_bind(value: str) -> str:
    """An address to listen on, with its port."""
    parts = urlsplit(f"//{value}")
    if not parts.hostname or parts.port is None:
        raise ValueError("must be HOST:PORT, e.g. 127.0.0.1:8080")
    return value


def require_web_address(value: str) -> str:
    """An address of the web."""
    try:
        origin_of(value)
    except IdUnacceptable as error:
        raise ValueError("must be an address that begins with https://") from error
    return value


def require_database_url(value: str) -> str:
    """A database that this program can use, without a password in its address."""
    if not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
        raise ValueError("must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://")
    if urlsplit(value).password:
        raise ValueError("must hold no password: use storage.database_password_file or CARA_FED_DATABASE_PASSWORD")
    return value


def require_media_place(value: str) -> str:
    """A folder, or a bucket."""
    if "://" in value and not value.startswith("s3://"):
        raise ValueError("must be a folder, or s3://BUCKET/PREFIX")
    return value


def read_network(value: object) -> IPv4Network | IPv6Network:
    """A network, or one address."""
    if not isinstance(value, str | IPv4Network | IPv6Network):
        raise ValueError('must be an address or a network, e.g. "127.0.0.0/8"')
    return ip_network(value)


def host_of(netloc: str) -> str:
    """The host without its port; empty where there is none."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def is_loopback_name(host: str) -> bool:
    """Whether a name or an address leads to this machine alone."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


Network = Annotated[IPv4Network | IPv6Network, PlainValidator(read_network)]
Netloc = Annotated[str, AfterValidator(require_netloc)]
