"""Pictures that know whom they were given to: the word in a picture's URL that names the receiving host.

A capability is the opt-out's letter, the host's number, a dash and a tag: ``nbf-`` and 30 letters. Numbers and the tag
are hexadecimal written with a to p, so that it survives whatever changes case or escapes digits. The tag is an HMAC of
all that and of the file's hash: a server can make up neither another host's capability nor one for another picture,
and checking one needs no database.
"""

import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from activitypub.opt_out import OptOut
from cara_fed.errors import CaraFedError

WEB_HOST_NUMBER = 0
"""The bearer of public pages' URLs: everybody."""

MIN_SECRET_BYTES = 32

_TAG_LETTERS = 30  # 120 bits
_TO_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_TO_DIGITS = str.maketrans("abcdefghijklmnop", "0123456789abcdef")

_POLICY_OF = {
    "n": OptOut.NO_AI_TRAINING,
    "a": OptOut.NO_AI,
    "u": OptOut.NO_AUTOMATED_USE,
    "o": OptOut.ALLOW,
    "x": OptOut.UNSET,
}
_LETTER_OF = {policy: letter for letter, policy in _POLICY_OF.items()}

_FORM = re.compile(rf"([{''.join(_POLICY_OF)}])([a-p]{{1,16}})-[a-p]{{{_TAG_LETTERS}}}")
# In JSON the placeholder's NUL is always these six characters, and no text of a person's can spell them after a slash:
# a backslash of theirs is doubled.
_PLACEHOLDER = re.compile(rb"/media/\\u0000([%s])/([0-9a-f]{64})" % "".join(_POLICY_OF).encode())


_NAMED_PLACEHOLDER = re.compile(rb"/media/\\u0000([%s])/([0-9a-f]{64}\.[a-z0-9]{1,5})" % "".join(_POLICY_OF).encode())
_MEDIA_PATH = re.compile(r"/media/(?P<capability>[a-z-]{1,64})/(?P<hash>[0-9a-f]{64})\.(?P<extension>[a-z0-9]{1,5})")


class CapabilityInvalid(CaraFedError):
    """Not a capability of this instance for this picture."""


@dataclass(frozen=True, slots=True)
class Capability:
    """What a capability says: the number of the host it was given to (0 is the public web), and the opt-out."""

    host_number: int
    policy: OptOut


@dataclass(frozen=True, slots=True)
class MediaPath:
    """The path of a picture, taken apart; whether the capability is one of ours is not known yet."""

    capability: str
    file_hash: str
    extension: str

    @property
    def file_name(self) -> str:
        """The name under which the file is kept."""
        return f"{self.file_hash}.{self.extension}"


def read_media_path(path: str) -> MediaPath | None:
    """``/media/<capability>/<hash>.<extension>``, taken apart; None for any other path."""
    match = _MEDIA_PATH.fullmatch(path)
    return MediaPath(match["capability"], match["hash"], match["extension"]) if match else None


def host_letters(host_number: int) -> str:
    """A host's number as capabilities write it, between the policy's letter and the dash."""
    return f"{host_number:x}".translate(_TO_LETTERS)


def policy_letter(policy: OptOut) -> str:
    """The letter that stands for an opt-out in capabilities and placeholders."""
    return _LETTER_OF[policy]


def policy_of_letter(letter: str) -> OptOut:
    """The opt-out that a letter stands for; an unknown letter is no answer."""
    return _POLICY_OF.get(letter, OptOut.UNSET)


def placeholder_media_path(letter: str, file_name: str) -> str:
    """The path of a picture whose receiver is not known yet; :meth:`CapabilityKeys.substitute` fills it in.

    It holds a NUL, which nobody's text may. ``file_name`` is ``<sha256 in hex>.<extension>``.
    """
    return f"/media/\x00{letter}/{file_name}"


def shows_pictures(body: bytes) -> bool:
    """Whether a document's JSON holds placeholders."""
    return _PLACEHOLDER.search(body) is not None


def find_placeholders(body: bytes) -> Iterator[tuple[str, OptOut]]:
    """The pictures in a document's JSON, each once: the file's name, and the opt-out in its address."""
    for letter, name in dict.fromkeys(_NAMED_PLACEHOLDER.findall(body)):
        yield name.decode(), policy_of_letter(letter.decode())


class CapabilityKeys:
    """Makes and reads this instance's capabilities; ``secret`` is at least 32 random bytes, else ValueError."""

    __slots__ = ("_hmac",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) < MIN_SECRET_BYTES:
            raise ValueError(f"a capability secret has at least {MIN_SECRET_BYTES} bytes")
        self._hmac = hmac.new(secret, digestmod="sha256")  # copied for each use: the key is hashed in once

    def make(self, host_number: int, letter: str, file_hash: str) -> str:
        """The capability of one host for one picture; the same every time. ``file_hash`` is sha256 in hex."""
        head = f"{letter}{host_letters(host_number)}"
        code = self._hmac.copy()
        code.update(f"{head}-{file_hash}".encode())
        return f"{head}-{code.hexdigest()[:_TAG_LETTERS].translate(_TO_LETTERS)}"

    def read(self, capability: str, file_hash: str) -> Capability:
        """To whom this URL of the picture was given; raises :class:`CapabilityInvalid`."""
        form = _FORM.fullmatch(capability)
        if form is None:
            raise CapabilityInvalid("not a capability")
        letter, number = form.groups()
        host_number = int(number.translate(_TO_DIGITS), 16)
        if not hmac.compare_digest(self.make(host_number, letter, file_hash), capability):
            raise CapabilityInvalid("a capability of another picture, or none of ours")
        return Capability(host_number, _POLICY_OF[letter])

    def substitute(self, body: bytes, host_number: int) -> bytes:
        """A document's JSON with every placeholder replaced by the capability of ``host_number``."""

        parts = _split(body)
        if len(parts) == 1:
            return body
        filled = [parts[0]]
        for letter, file_hash, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            capability = self.make(host_number, letter.decode(), file_hash.decode())
            filled += (b"/media/", capability.encode(), b"/", file_hash, rest)
        return b"".join(filled)


# One activity goes to many hosts, one after the other.
@lru_cache(maxsize=64)
def _split(body: bytes) -> tuple[bytes, ...]:
    """What stands before a placeholder, its letter and its file's hash, what stands before the next, and so on."""
    return tuple(_PLACEHOLDER.split(body))
