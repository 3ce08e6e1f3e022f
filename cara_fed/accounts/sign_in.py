"""Signing in and out: a password becomes a session, and a session says who is there."""

from dataclasses import dataclass, field
from datetime import timedelta

from activitypub.identifiers import fold_name
from cara_fed.accounts.limits import SIGN_IN_BY_ADDRESS, SIGN_IN_BY_NAME, require_within
from cara_fed.accounts.passwords import password_matches
from cara_fed.accounts.tokens import Purpose, hash_token, issue_token, make_token
from cara_fed.errors import NotAllowed
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.records import Records
from storage.sessions import Session

SESSION_LIFETIME = timedelta(days=30)
# Writing at every request that somebody was seen would make a write of every page.
SEEN_PRECISION = timedelta(minutes=15)
MAX_USER_AGENT = 200
MAX_NAME = 64


class WrongPassword(NotAllowed):
    """No artist of that name has that password, or, with other ``words``, not the artist who was asked for it."""

    def __init__(self, words: str = "") -> None:
        super().__init__(words or _("The name or the password is not right."))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, as far as the connection tells: the address (behind trusted proxies) and the browser's name."""

    address: str
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An artist with a session; ``token`` is the secret for the browser's cookie."""

    artist: Artist
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HalfSignedIn:
    """The password was right, and a code or a passkey is still to come; ``token`` is for the browser's cookie."""

    artist: Artist
    token: str = field(repr=False)


async def sign_in(services: Services, name: str, password: str, visitor: Visitor) -> SignedIn | HalfSignedIn:
    """Check a name and password, and begin a session where nothing else is asked for.

    Tries are counted by address and by name. ``name`` may be a whole handle of this instance.
    Raises TooManyAttempts or WrongPassword.
    """
    name = _read_name(services, name)
    by_name = SIGN_IN_BY_NAME, fold_name(name)
    await require_within(services, (SIGN_IN_BY_ADDRESS, visitor.address), by_name)
    artist = await _find_artist(services, name)
    if not await password_matches(artist.password_hash if artist else None, password) or artist is None:
        raise WrongPassword
    async with services.database.unit_of_work() as records:
        await records.rate_limits.clear(SIGN_IN_BY_NAME.key(fold_name(name)))
        if await has_second_factor(records, artist.pk):
            return HalfSignedIn(artist, await issue_token(records, services.clock, Purpose.SECOND_FACTOR, artist.pk))
        return await begin_session(records, services, artist, visitor)


async def has_second_factor(records: Records, artist_pk: int) -> bool:
    """Whether a password alone does not open this account."""
    factor = await records.second_factors.find(artist_pk)
    return factor is not None and factor.confirmed_at is not None


async def begin_session(records: Records, services: Services, artist: Artist, visitor: Visitor) -> SignedIn:
    """Begin a session without asking for a password: for somebody who just joined, or set a new one."""
    token, now = make_token(), services.clock.now()
    await records.sessions.add(
        Session(
            token_hash=hash_token(token),
            artist_pk=artist.pk,
            created_at=now,
            seen_at=now,
            expires_at=now + SESSION_LIFETIME,
            user_agent=visitor.user_agent[:MAX_USER_AGENT],
        )
    )
    return SignedIn(artist, token)


async def find_signed_in(services: Services, token: str) -> Artist | None:
    """Who holds this session's token, or None; being seen keeps a session alive."""
    now, token_hash = services.clock.now(), hash_token(token)
    async with services.database.reading() as records:
        found = await records.artists.find_by_session(token_hash, now)
    if found is None:
        return None
    artist, session = found
    if now - session.seen_at > SEEN_PRECISION:
        async with services.database.unit_of_work() as records:
            await records.sessions.touch(token_hash, now, now + SESSION_LIFETIME)
    return artist


async def sign_out(services: Services, token: str) -> None:
    """End one session."""
    async with services.database.unit_of_work() as records:
        await records.sessions.remove(hash_token(token))


async def sign_out_elsewhere(services: Services, artist_pk: int, keep_token: str = "") -> int:
    """End every session of an artist but the one to keep; how many ended."""
    async with services.database.unit_of_work() as records:
        return await records.sessions.remove_for_artist(artist_pk, hash_token(keep_token))


def _read_name(services: Services, name: str) -> str:
    bare, _, domain = name.strip().removeprefix("@").partition("@")
    return bare[:MAX_NAME] if domain in ("", services.site.domain) else ""


async def _find_artist(services: Services, name: str) -> Artist | None:
    async with services.database.reading() as records:
        return await records.artists.find(name)
