"""Second factors: an app's code or a passkey after the password, and recovery codes for when the device is lost."""

import hmac
import re
import secrets
from datetime import datetime
from typing import Final

import pyotp

from cara_fed.accounts.limits import CODE_BY_NAME, require_within
from cara_fed.accounts.sign_in import SignedIn, Visitor, begin_session
from cara_fed.accounts.tokens import LinkUnusable, Purpose, hash_token
from cara_fed.errors import NotAllowed
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.records import Records
from storage.second_factors import SecondFactor

STEP_SECONDS: Final = 30
STEPS_OFF: Final = 1
"""How many codes before and after the present one are taken: phones' clocks differ."""
RECOVERY_CODES: Final = 10
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE: Final = re.compile(r"[0-9]{6}")


class WrongCode(NotAllowed):
    """No code that is good now, nor a recovery code that was not used."""

    def __init__(self) -> None:
        super().__init__(_("This code is not right, or was used before."))


async def begin_second_factor(services: Services, artist: Artist) -> str:
    """A new secret for an app, in force once a code of it was given; what an app reads, as ``otpauth://…``."""
    secret = pyotp.random_base32(32)
    async with services.database.unit_of_work() as records:
        found = await records.second_factors.find(artist.pk)
        if found is not None and found.confirmed_at is not None:
            raise NotAllowed(_("There is a second factor already. Take it away first."))
        await records.second_factors.set(SecondFactor(artist_pk=artist.pk, secret=secret))
    return app_address(services, artist, secret)


async def find_pending(services: Services, artist: Artist) -> str | None:
    """What an app reads of a second factor that is not in force yet."""
    async with services.database.reading() as records:
        found = await records.second_factors.find(artist.pk)
    return None if found is None or found.confirmed_at else app_address(services, artist, found.secret)


async def confirm_second_factor(services: Services, artist: Artist, code: str, keep_token: str) -> tuple[str, ...]:
    """Put it in force, end every other session; the recovery codes, told only now. Raises WrongCode."""
    await require_within(services, (CODE_BY_NAME, artist.folded))
    codes, now = make_recovery_codes(), services.clock.now()
    async with services.database.unit_of_work() as records:
        found = await records.second_factors.find(artist.pk)
        if found is None or found.confirmed_at is not None or not await _use_app_code(records, found, code, now):
            raise WrongCode
        await records.second_factors.confirm(artist.pk, now)
        await records.second_factors.replace_codes(artist.pk, {hash_code(one) for one in codes})
        await records.sessions.remove_for_artist(artist.pk, hash_token(keep_token))
    return codes


async def ask_for_passkeys(services: Services, artist: Artist, keep_token: str) -> tuple[str, ...]:
    """Let a passkey be the second factor, and end every other session; the recovery codes, told only now.

    Raises NotAllowed without a passkey, or where there is a second factor already.
    """
    codes, now = make_recovery_codes(), services.clock.now()
    async with services.database.unit_of_work() as records:
        found = await records.second_factors.find(artist.pk)
        if found is not None and found.confirmed_at is not None:
            raise NotAllowed(_("There is a second factor already. Take it away first."))
        if not await records.passkeys.find_all(artist.pk):
            raise NotAllowed(_("Add a passkey first."))
        await records.second_factors.set(SecondFactor(artist_pk=artist.pk, secret="", confirmed_at=now))
        await records.second_factors.replace_codes(artist.pk, {hash_code(one) for one in codes})
        await records.sessions.remove_for_artist(artist.pk, hash_token(keep_token))
    return codes


async def renew_recovery_codes(services: Services, artist: Artist) -> tuple[str, ...]:
    """New recovery codes in place of all earlier ones."""
    codes = make_recovery_codes()
    async with services.database.unit_of_work() as records:
        await records.second_factors.replace_codes(artist.pk, {hash_code(one) for one in codes})
    return codes


async def remove_second_factor(services: Services, artist_pk: int) -> None:
    """Let the password alone be enough again."""
    async with services.database.unit_of_work() as records:
        await records.second_factors.remove(artist_pk)


async def find_half_signed_in(services: Services, token: str) -> Artist | None:
    """Whose password was right a while ago in this browser."""
    now = services.clock.now()
    async with services.database.reading() as records:
        found = await records.tokens.find(hash_token(token), Purpose.SECOND_FACTOR, now) if token else None
        return await records.artists.find_by_pk(found.artist_pk) if found and found.artist_pk else None


async def finish_sign_in(services: Services, token: str, code: str, visitor: Visitor) -> SignedIn:
    """Begin a session for who gave the password before and gives a code now.

    Raises LinkUnusable where that was too long ago, WrongCode, or TooManyAttempts.
    """
    artist = await find_half_signed_in(services, token)
    if artist is None:
        raise LinkUnusable
    await require_within(services, (CODE_BY_NAME, artist.folded))
    async with services.database.unit_of_work() as records:
        if not await _use_any_code(records, artist, code, services.clock.now()):
            raise WrongCode
        await records.tokens.consume(hash_token(token), Purpose.SECOND_FACTOR, services.clock.now())
        await records.rate_limits.clear(CODE_BY_NAME.key(artist.folded))
        return await begin_session(records, services, artist, visitor)


def make_recovery_codes() -> tuple[str, ...]:
    """Codes of 50 bits each, in letters that nobody confuses: ``abcde-fghjk``."""
    halves = ("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2 * RECOVERY_CODES))
    return tuple(f"{first}-{second}" for first, second in zip(halves, halves, strict=True))


def hash_code(code: str) -> str:
    """What is kept of a recovery code; its case, spaces and dashes do not matter."""
    return hash_token(re.sub(r"[\s-]", "", code).lower())


def app_address(services: Services, artist: Artist, secret: str) -> str:
    """What an app reads from a QR code."""
    handle = f"{artist.name}@{services.site.domain}"
    return pyotp.TOTP(secret).provisioning_uri(name=handle, issuer_name=services.config.instance.name.replace(":", " "))


async def _use_any_code(records: Records, artist: Artist, code: str, now: datetime) -> bool:
    factor = await records.second_factors.find(artist.pk)
    if factor is None or factor.confirmed_at is None:
        return False
    return await _use_app_code(records, factor, code, now) or await records.second_factors.use_code(
        artist.pk, hash_code(code)
    )


async def _use_app_code(records: Records, factor: SecondFactor, code: str, now: datetime) -> bool:
    """Whether an app shows this code about now, and nobody used it or a later one."""
    code = re.sub(r"\s", "", code)
    if not factor.secret or not _CODE.fullmatch(code):
        return False
    app, present = pyotp.TOTP(factor.secret), int(now.timestamp()) // STEP_SECONDS
    steps = range(present - STEPS_OFF, present + STEPS_OFF + 1)
    step = next((one for one in steps if hmac.compare_digest(app.generate_otp(one), code)), None)
    return step is not None and await records.second_factors.use_step(factor.artist_pk, step)
