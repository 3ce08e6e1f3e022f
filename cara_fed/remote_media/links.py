"""Signed addresses: the proxy fetches what our own pages show, and nothing that anybody else thinks of."""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, field

from activitypub.opt_out import OptOut
from cara_fed.capabilities import policy_letter, policy_of_letter
from cara_fed.errors import CaraFedError

PREFIX = "/media/remote/"
MAX_URL = 2048
TAG_BYTES = 16
_SMALL = "!"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,4096}")


class LinkInvalid(CaraFedError):
    """Not an address that this instance made."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of another server, and what holds for its use: its artist's word or ours, whichever is stricter."""

    url: str
    policy: OptOut
    is_small: bool = False
    """An emoji, which may only be a small file."""


@dataclass(frozen=True, slots=True)
class RemoteLinks:
    """Makes and reads the proxy's addresses; ``secret`` is this instance's own."""

    secret: bytes = field(repr=False)

    def make(self, url: str, policy: OptOut, *, is_small: bool = False) -> str | None:
        """The path under which our pages show a remote file; None for an address too long to be one."""
        if len(url) > MAX_URL:
            return None
        said = f"{policy_letter(policy)}{_SMALL if is_small else ''}{url}".encode()
        return PREFIX + urlsafe_b64encode(self._tag(said) + said).rstrip(b"=").decode()

    def read(self, token: str) -> RemoteFile:
        """What an address shows; raises LinkInvalid."""
        if not _TOKEN.fullmatch(token):
            raise LinkInvalid("no address of a picture")
        try:
            signed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (NotBase64, ValueError):
            raise LinkInvalid("no address of a picture") from None
        tag, said = signed[:TAG_BYTES], signed[TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(said)):
            raise LinkInvalid("no address of ours")
        text = said.decode()
        return RemoteFile(text[1:].removeprefix(_SMALL), policy_of_letter(text[0]), text[1:].startswith(_SMALL))

    def _tag(self, said: bytes) -> bytes:
        return hmac.digest(self.secret, b"remote media\0" + said, "sha256")[:TAG_BYTES]
