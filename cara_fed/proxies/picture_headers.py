"""What every answer with a picture says, whoever sends it: this program, nginx or Caddy."""

from collections.abc import Mapping
from typing import Final

from activitypub.opt_out import OptOut, Signals

PolicyHeaders = Mapping[OptOut, Signals]

WEB_LETTERS: Final = "a"
"""The public web's number, 0, as capabilities write it."""

TYPES: Final = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "mp4": "video/mp4",
    "webm": "video/webm",
}
"""Media types of pictures by their files' extensions."""

FIXED_HEADERS: Final = (
    ("Cache-Control", "public, max-age=31536000, immutable"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; sandbox"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)

CDN_CACHE_CONTROL: Final = ("CDN-Cache-Control", "no-cache")
"""At an address that a server was given: a CDN asks before each answer (RFC 9213), for it may be revoked."""
