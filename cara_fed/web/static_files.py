"""Static files, read once: each is served under a name with its own hash in it, so that it may be kept for ever."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from cara_fed.asgi import Answer, Header
from cara_fed.web.parts import NARROWEST, WIDEST

PREFIX = "/static/"

_COMPRESSED = {".css", ".js", ".svg", ".txt"}
_CSS_REFERENCE = re.compile(r'url\("([^":]+)"\)')
_TYPES = {".woff2": "font/woff2", ".js": "text/javascript", ".svg": "image/svg+xml", ".css": "text/css"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is served. ``compressed`` is its gzip form, where that is worth having."""

    url: str
    body: bytes
    headers: tuple[Header, ...]
    etag: bytes
    compressed: bytes | None


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """All static files, by their plain names (``site.css``) for templates and by their addresses for the server."""

    by_name: Mapping[str, StaticFile]
    by_url: Mapping[str, StaticFile]

    def url(self, name: str) -> str:
        """The address of the file called ``name``; raises KeyError where there is none, a mistake in a template."""
        return self.by_name[name].url

    def answer(self, url: str, *, if_none_match: str = "", accept_encoding: str = "") -> Answer:
        """The response to GET ``url`` (a path): 200, 304, or 404."""
        if (file := self.by_url.get(url)) is None:
            return Answer(404, b"There is no such file.\n", ((b"content-type", b"text/plain; charset=utf-8"),))
        if matches(if_none_match, file.etag):
            return Answer(304, b"", file.headers)
        if file.compressed is not None and "gzip" in accept_encoding:
            return Answer(200, file.compressed, (*file.headers, (b"content-encoding", b"gzip")))
        return Answer(200, file.body, file.headers)


def matches(if_none_match: str, etag: bytes) -> bool:
    """Whether an If-None-Match header names this entity tag; a proxy may have made it weak by compressing."""
    given = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in ("*", etag.decode().removeprefix("W/")) for tag in given)


def load_static_files(folder: Path) -> StaticFiles:
    """Read everything below ``folder``, hash it, and point the stylesheets to the hashed names of what they use."""
    bodies = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    bodies["ratios.css"] = _ratios().encode()
    others = {name: make_file(name, body) for name, body in bodies.items() if not name.endswith(".css")}
    sheets = {name: make_file(name, _resolve(body, others)) for name, body in bodies.items() if name.endswith(".css")}
    by_name = others | sheets
    return StaticFiles(MappingProxyType(by_name), MappingProxyType({file.url: file for file in by_name.values()}))


def _ratios() -> str:
    """One class for each shape of a frame and each place of a focal point.

    Inline styles would do, but the Content-Security-Policy forbids them.
    """
    shapes = (f".r{n}{{--r:{n / 100:g}}}" for n in range(round(NARROWEST * 100), round(WIDEST * 100) + 1))
    places = (f".x{n}{{--x:{n * 10}%}}.y{n}{{--y:{n * 10}%}}" for n in range(11))
    return "\n".join((*shapes, *places))


def _resolve(body: bytes, files: Mapping[str, StaticFile]) -> bytes:
    return _CSS_REFERENCE.sub(lambda match: f'url("{files[match[1]].url}")', body.decode()).encode()


def make_file(name: str, body: bytes) -> StaticFile:
    """One file, with its hash in its address."""
    digest = hashlib.sha256(body).hexdigest()[:16]
    stem, dot, suffix = name.rpartition(".")
    etag = f'"{digest}"'.encode()
    headers = (
        (b"content-type", _media_type(dot + suffix).encode()),
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"etag", etag),
        (b"vary", b"Accept-Encoding"),
        (b"x-content-type-options", b"nosniff"),
    )
    compressed = gzip.compress(body, mtime=0) if dot + suffix in _COMPRESSED else None
    return StaticFile(f"{PREFIX}{stem}.{digest}{dot}{suffix}", body, headers, etag, compressed)


def _media_type(suffix: str) -> str:
    media_type = _TYPES.get(suffix) or mimetypes.guess_type(f"file{suffix}")[0] or "application/octet-stream"
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
