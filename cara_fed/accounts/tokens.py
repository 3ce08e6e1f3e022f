"""Links that work once: for the first admin, for somebody invited, for a new password."""

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum

from activitypub.identifiers import Site
from cara_fed.accounts.limits import TOKEN_BY_ADDRESS, require_within
from cara_fed.clock import Clock
from cara_fed.errors import NotAllowed
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.records import Records
from storage.tokens import Token

TOKEN_BYTES = 32


class Purpose(StrEnum):
    """What a link is for."""

    FIRST_ADMIN = "first_admin"
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - not a password
    MAIL_ADDRESS = "mail_address"
    SECOND_FACTOR = "second_factor"
    PASSKEY = "passkey"


LIFETIMES = {
    Purpose.FIRST_ADMIN: timedelta(days=7),
    Purpose.INVITATION: timedelta(days=14),
    Purpose.PASSWORD_RESET: timedelta(days=1),
    Purpose.MAIL_ADDRESS: timedelta(days=1),
    Purpose.SECOND_FACTOR: timedelta(minutes=10),
    Purpose.PASSKEY: timedelta(minutes=5),
}
PAGES = {
    Purpose.FIRST_ADMIN: "/join",
    Purpose.INVITATION: "/join",
    Purpose.PASSWORD_RESET: "/password/reset",
    Purpose.MAIL_ADDRESS: "/settings/mail/confirm",
}


class LinkUnusable(NotAllowed):
    """The link was used before, has run out, or never was one."""

    def __init__(self) -> None:
        super().__init__(_("This link has been used or has run out. Ask for a new one."))


def make_token() -> str:
    """A new secret of 256 bits, for a link or a session."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """What is kept of a secret: whoever reads the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_to(site: Site, purpose: Purpose, token: str) -> str:
    """The address to open in a browser."""
    return f"{site.base}{PAGES[purpose]}?token={token}"


async def issue_link(records: Records, clock: Clock, site: Site, purpose: Purpose, artist_pk: int | None = None) -> str:
    """A new link. ``artist_pk`` is whose password it sets, or who invites."""
    return link_to(site, purpose, await issue_token(records, clock, purpose, artist_pk))


async def issue_token(records: Records, clock: Clock, purpose: Purpose, artist_pk: int | None = None) -> str:
    """A new secret that works once, for an artist or for anybody."""
    token, now = make_token(), clock.now()
    expires_at = now + LIFETIMES[purpose]
    row = Token(
        token_hash=hash_token(token), purpose=purpose, artist_pk=artist_pk, created_at=now, expires_at=expires_at
    )
    await records.tokens.add(row)
    return token


async def issue_first_admin_link(services: Services) -> str | None:
    """The link to become admin, in place of any earlier one; None once there is an admin."""
    async with services.database.unit_of_work() as records:
        if await records.artists.has_admin():
            return None
        await records.tokens.remove_for_purpose(Purpose.FIRST_ADMIN)
        return await issue_link(records, services.clock, services.site, Purpose.FIRST_ADMIN)


async def issue_invitation(services: Services, inviter_pk: int) -> str:
    """A link with which somebody makes an account of their own."""
    async with services.database.unit_of_work() as records:
        return await issue_link(records, services.clock, services.site, Purpose.INVITATION, inviter_pk)


async def issue_password_link(services: Services, artist_pk: int) -> str:
    """A link with which an artist sets a new password; raises storage's NotFound where there is no such artist."""
    async with services.database.unit_of_work() as records:
        await records.artists.get_by_pk(artist_pk)
        return await issue_link(records, services.clock, services.site, Purpose.PASSWORD_RESET, artist_pk)


async def read_link(services: Services, token: str, purposes: tuple[Purpose, ...], address: str) -> Token:
    """What a link is for, without using it up: for showing its form. Raises LinkUnusable, or TooManyAttempts.

    ``address`` is the visitor's, by which tries are counted.
    """
    await require_within(services, (TOKEN_BY_ADDRESS, address))
    async with services.database.reading() as records:
        for purpose in purposes:
            if found := await records.tokens.find(hash_token(token), purpose, services.clock.now()):
                return found
    raise LinkUnusable


async def consume_token(records: Records, clock: Clock, token: str, purposes: tuple[Purpose, ...]) -> Token:
    """Use a link up, in the transaction that does what it is for; raises LinkUnusable."""
    for purpose in purposes:
        if used := await records.tokens.consume(hash_token(token), purpose, clock.now()):
            return used
    raise LinkUnusable
