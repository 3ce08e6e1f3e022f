"""What is signed: one HTTP request, as it goes over the wire."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Self

from activitypub.errors import IdUnacceptable, SignatureMalformed
from activitypub.origins import netloc_of, same_origin

ALSO_COVERED: Final = ("collection-synchronization",)

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to verify or to sign.

    `target` is the raw path and query as sent; `headers` has lower-case names, in order, repeated ones each for itself,
    values decoded as Latin-1; `url` is scheme, host and target as this side believes them, never taken from the sender:
    without it RFC 9421 cannot be verified, and `host` is not compared with what this server is called.
    """

    method: str
    target: str
    headers: Headers
    body: bytes | None = None
    url: str = ""

    @classmethod
    def to(cls, method: str, url: str, headers: Iterable[tuple[str, str]] = (), body: bytes | None = None) -> Self:
        """A request about to be sent to an encoded (ASCII) url; `host` is added. Raises IdUnacceptable."""
        netloc, target, sent = _take_apart(url)
        given = tuple((name.lower(), value) for name, value in headers)
        host = () if any(name == "host" for name, _ in given) else (("host", netloc),)
        return cls(method, target, host + given, body, sent)

    @property
    def content(self) -> bytes:
        return self.body or b""

    @property
    def needs_digest(self) -> bool:
        """Whether the body says something: always for POST and its like."""
        return bool(self.body) or self.method.upper() not in ("GET", "HEAD")

    @property
    def is_addressed_here(self) -> bool:
        """Whether there is one `host` at most, and it names the server of `url`, where that is known."""
        hosts = self.values("host")
        if len(hosts) > 1:
            return False
        return not hosts or not self.url or _names_same_host(hosts[0], self.url)

    def values(self, name: str) -> list[str]:
        """Each value of a header (lower-case name), without the space around it."""
        return [value.strip(" \t") for header, value in self.headers if header == name]

    def value(self, name: str) -> str | None:
        """A header's values joined by `, `, or None where it is absent."""
        values = self.values(name)
        return ", ".join(values) if values else None

    def with_headers(self, added: Headers) -> "HttpRequest":
        return replace(self, headers=self.headers + added)


def encode_base(lines: Iterable[str]) -> bytes:
    """A signature's base, one line for each covered part. Raises SignatureMalformed where a part has several."""
    parts = list(lines)
    base = "\n".join(parts)
    if base.count("\n") >= len(parts) or "\r" in base:
        raise SignatureMalformed("a covered part contains a line break")
    return encode_latin1(base)


def encode_latin1(text: str) -> bytes:
    """The bytes that a header was decoded from. Raises SignatureMalformed."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise SignatureMalformed("a covered header is not Latin-1") from error


def _names_same_host(host: str, url: str) -> bool:
    scheme = url.partition("://")[0]
    return same_origin(f"{scheme}://{host}", url)


@lru_cache(maxsize=4096)
def _take_apart(url: str) -> tuple[str, str, str]:
    """A url's netloc, its target, and itself as far as it is sent. Raises IdUnacceptable."""
    if not url.isascii():
        raise IdUnacceptable("a url is percent-encoded before it is signed")
    return netloc_of(url), target_of(url.partition("#")[0]), url.partition("#")[0]


def target_of(url: str) -> str:
    """The path and query of an absolute url, as they go over the wire."""
    rest = url.partition("://")[2]
    cut = min((index for index in (rest.find("/"), rest.find("?")) if index >= 0), default=len(rest))
    target = rest[cut:]
    return target if target.startswith("/") else f"/{target}"


def find_also_covered(request: HttpRequest) -> tuple[str, ...]:
    """The request's headers that our signatures cover besides the usual ones."""
    return tuple(name for name in ALSO_COVERED if request.value(name) is not None)
