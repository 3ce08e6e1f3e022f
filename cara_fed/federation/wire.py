"""What goes over the wire and comes back: the values between the outbound client and what carries its requests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

import httpx

Origin: TypeAlias = tuple[str, str, int]
"""Scheme, host in ASCII without brackets, port."""

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Place:
    """A URL taken apart, once for all requests to it."""

    url: str
    origin: Origin
    authority: str
    """What `Host` says."""
    target: str
    """Path and query as they are sent."""

    @classmethod
    def of(cls, url: httpx.URL) -> "Place":
        """The place that an http or https URL names."""
        host, port = url.raw_host.decode("ascii"), url.port or DEFAULT_PORTS.get(url.scheme, 0)
        authority, target = url.netloc.decode("ascii"), url.raw_path.decode("ascii")
        return cls(str(url), (url.scheme, host, port), authority, target)

    @property
    def host(self) -> str:
        """The host, as messages name it."""
        return self.origin[1]


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `body` is None where there is none, as with GET."""

    method: str
    place: Place
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many bytes of an answer are taken: of the body of a success, of any other's, and of the headers."""

    success: int
    other: int
    headers: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came, its body perhaps still encoded, and cut off where it was longer than what is taken."""

    status: int
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    is_whole: bool = True


class Transport(Protocol):
    """Carries requests to other servers, one by one. Raises a FetchError."""

    async def exchange(self, request: Request, bounds: Bounds) -> Answer:
        """Send a request; its answer within the bounds."""
        ...

    async def aclose(self) -> None:
        """Close every connection; the next request opens anew."""
        ...


def join_headers(fields: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name; repeated ones joined by a comma."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in fields:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def most_bytes(status: int, bounds: Bounds) -> int:
    """How much of the body of an answer with this status is taken."""
    return bounds.success if 200 <= status < 300 else bounds.other
