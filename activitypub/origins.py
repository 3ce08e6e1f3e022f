"""Origins of ids: which server an id belongs to, in one normal form, and which ids are accepted at all."""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import idna

from activitypub.errors import ForeignOrigin, IdUnacceptable

MAX_ID_LENGTH: Final = 2048
DEFAULT_PORTS: Final = {"http": 80, "https": 443}

_ID: Final = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?P<rest>.*)", re.IGNORECASE)
_AUTHORITY: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]*\]|[^:@\[\]]+)(?::(?P<port>[0-9]{0,5}))?")
_FORBIDDEN: Final = re.compile(r'[\x00-\x20\x7f-\xa0\\<>"\u2028\u2029]')
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_ASCII_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of an id (FEP-fe34), in normal form; `port` is None where it is the scheme's own."""

    scheme: str
    host: str
    port: int | None

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


@lru_cache(maxsize=4096)
def origin_of(id: str) -> Origin:
    """The origin of an http or https id. Raises IdUnacceptable for anything else, userinfo and odd characters too."""
    match = _ID.fullmatch(id)
    if match is None or len(id) > MAX_ID_LENGTH or _FORBIDDEN.search(id):
        raise IdUnacceptable("not a usable http or https id")
    authority = _AUTHORITY.fullmatch(match["authority"])
    if authority is None:
        raise IdUnacceptable("the id does not name a plain host")
    scheme = match["scheme"].lower()
    return Origin(scheme, normal_host(authority["host"]), _read_port(authority["port"], scheme))


def netloc_of(id: str) -> str:
    """`host` or `host:port`: lower case, punycode, without the scheme's own port. Raises IdUnacceptable."""
    return origin_of(id).netloc


def host_of(id: str) -> str:
    """The host alone: lower case, punycode, an IPv6 address without its brackets. Raises IdUnacceptable."""
    return origin_of(id).host


def same_origin(one: str, other: str) -> bool:
    """Whether both are usable ids of the same scheme, host and port."""
    try:
        return origin_of(one) == origin_of(other)
    except IdUnacceptable:
        return False


def require_same_origin(one: str, other: str) -> None:
    """Raises ForeignOrigin unless both ids lie on one origin."""
    if not same_origin(one, other):
        raise ForeignOrigin("the ids lie on different origins")


@lru_cache(maxsize=4096)
def normal_host(host: str) -> str:
    """A host name or address in the form that is compared: lower case, punycode, no last dot, no brackets.

    Raises IdUnacceptable for what can be no host.
    """
    if host.startswith("["):
        return _normal_ipv6(host[1:-1])
    name = _to_ascii(host).removesuffix(".")
    if len(name) > 253 or not _ASCII_HOST.fullmatch(name):
        raise IdUnacceptable("the host name cannot be")
    return name


def normal_netloc(netloc: str) -> str:
    """`host` or `host:port` as people write it, in normal form; a port is kept. Raises IdUnacceptable."""
    match = _AUTHORITY.fullmatch(netloc)
    if match is None:
        raise IdUnacceptable("not a host name, with or without a port")
    return Origin("", normal_host(match["host"]), _read_port(match["port"], "")).netloc


@dataclass(frozen=True, slots=True)
class IdRule:
    """Which ids this instance accepts: https, and http only where one machine's instances talk to each other."""

    allow_http: bool

    def require(self, id: str) -> str:
        """The id itself. Raises IdUnacceptable for another scheme, no host, userinfo, or over 2,048 characters."""
        if origin_of(id).scheme == "http" and not self.allow_http:
            raise IdUnacceptable("only https ids are accepted")
        return id

    def accepts(self, id: str) -> bool:
        try:
            return bool(self.require(id))
        except IdUnacceptable:
            return False


def _read_port(digits: str | None, scheme: str) -> int | None:
    if not digits:
        return None
    port = int(digits)
    if not 0 < port < 65536:
        raise IdUnacceptable("the port cannot be")
    return None if port == DEFAULT_PORTS.get(scheme) else port


def _normal_ipv6(address: str) -> str:
    try:
        return str(ipaddress.IPv6Address(address))
    except ValueError as error:
        raise IdUnacceptable("the IPv6 address cannot be") from error


def _to_ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError as error:  # idna's own errors are among these
        raise IdUnacceptable("the host name cannot be") from error
