"""Passwords, by argon2id; hashing runs in a thread, for it takes tens of milliseconds on purpose."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from cara_fed.errors import InvalidInput
from cara_fed.words.speech import _

MIN_LENGTH = 10
MAX_LENGTH = 512

_hasher = PasswordHasher()
# Verified when nobody has the name given, so that an unknown name takes as long as a wrong password.
_DECOY = "$argon2id$v=19$m=65536,t=3,p=4$XTLK2hVDiv8XE5lVfgbJUA$FX5TjfIX9a0InQY7gS/Zg7+Q6TkQuTF49FhUNL/6MQA"


def require_good_password(password: str) -> None:
    """Raise InvalidInput unless the password is of 10 to 512 characters (NIST SP 800-63B: length, not classes)."""
    if len(password) < MIN_LENGTH:
        raise InvalidInput(_("A password needs at least %(limit)s characters.", limit=MIN_LENGTH))
    if len(password) > MAX_LENGTH:
        raise InvalidInput(_("A password has at most %(limit)s characters.", limit=MAX_LENGTH))


async def hash_password(password: str) -> str:
    """The encoded argon2id hash, with its salt and parameters."""
    return await asyncio.to_thread(_hasher.hash, password)


async def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; takes as long where there is no hash."""
    return await asyncio.to_thread(_matches, password_hash, password)


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        _hasher.verify(password_hash or _DECOY, password[:MAX_LENGTH])
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    return password_hash is not None
