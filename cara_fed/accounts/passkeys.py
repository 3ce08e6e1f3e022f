"""Passkeys: keys in an artist's devices, which sign in without a password, or after one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from cara_fed.accounts.limits import SIGN_IN_BY_ADDRESS, require_within
from cara_fed.accounts.sign_in import SignedIn, Visitor, begin_session
from cara_fed.accounts.tokens import Purpose, hash_token, issue_token
from cara_fed.errors import InvalidInput, NotAllowed
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.passkeys import Passkey

MAX_PASSKEYS: Final = 20
MAX_NAME: Final = 60
MAX_CREDENTIAL: Final = 20_000


class PasskeyRefused(NotAllowed):
    """What the device said proves nothing here."""

    def __init__(self) -> None:
        super().__init__(_("This passkey was not accepted. Try again, or log in with your password."))


@dataclass(frozen=True, slots=True)
class _Said:
    """What a device answered: the credential's id, and the challenge that it signed."""

    credential: dict[str, Any]
    id: str
    challenge: bytes


async def ask_new_passkey(services: Services, artist: Artist) -> str:
    """What a browser needs to make a passkey, as JSON."""
    async with services.database.unit_of_work() as records:
        known = await records.passkeys.find_all(artist.pk)
        if len(known) >= MAX_PASSKEYS:
            raise InvalidInput(_("There are %(limit)s passkeys already. Remove one first.", limit=MAX_PASSKEYS))
        challenge = await issue_token(records, services.clock, Purpose.PASSKEY, artist.pk)
    options = generate_registration_options(
        rp_id=_party(services),
        rp_name=services.config.instance.name,
        user_id=artist.pk.to_bytes(8, "big"),
        user_name=f"{artist.name}@{services.site.domain}",
        user_display_name=artist.display_name or artist.name,
        challenge=challenge.encode(),
        exclude_credentials=_describe(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return options_to_json(options)


async def add_passkey(services: Services, artist: Artist, credential: str, name: str) -> None:
    """Keep a passkey that a browser made; raises PasskeyRefused or InvalidInput."""
    said = _read(credential)
    await _use_challenge(services, said.challenge, artist.pk)
    try:
        made = verify_registration_response(
            credential=said.credential,
            expected_challenge=said.challenge,
            expected_rp_id=_party(services),
            expected_origin=services.site.base,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise PasskeyRefused from error
    row = Passkey(
        pk=services.clock.new_pk(),
        artist_pk=artist.pk,
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=" ".join(name.split())[:MAX_NAME],
        created_at=services.clock.now(),
    )
    async with services.database.unit_of_work() as records:
        if not await records.passkeys.add(row):
            raise InvalidInput(_("This passkey is here already."))


async def ask_passkey(services: Services, artist: Artist | None = None) -> str:
    """What a browser needs to show a passkey, as JSON: an artist's own, or whichever the device has for this site."""
    async with services.database.unit_of_work() as records:
        challenge = await issue_token(records, services.clock, Purpose.PASSKEY, artist.pk if artist else None)
        known = await records.passkeys.find_all(artist.pk) if artist else ()
    options = generate_authentication_options(
        rp_id=_party(services),
        challenge=challenge.encode(),
        allow_credentials=_describe(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


async def sign_in_with_passkey(services: Services, credential: str, visitor: Visitor) -> SignedIn:
    """Begin a session for the holder of a passkey, who proved to the device who they are: no code is asked besides.

    Raises PasskeyRefused or TooManyAttempts.
    """
    await require_within(services, (SIGN_IN_BY_ADDRESS, visitor.address))
    said = _read(credential)
    await _use_challenge(services, said.challenge, None)
    async with services.database.reading() as records:
        passkey = await records.passkeys.find(said.id)
        artist = await records.artists.find_by_pk(passkey.artist_pk) if passkey else None
    if passkey is None or artist is None:
        raise PasskeyRefused
    sign_count = _verify(services, said, passkey)
    async with services.database.unit_of_work() as records:
        await records.passkeys.record_use(passkey.pk, sign_count, services.clock.now())
        return await begin_session(records, services, artist, visitor)


def _verify(services: Services, said: _Said, passkey: Passkey) -> int:
    """How far the device counts; raises PasskeyRefused, also where it counts backwards, as a copied key does."""
    try:
        return verify_authentication_response(
            credential=said.credential,
            expected_challenge=said.challenge,
            expected_rp_id=_party(services),
            expected_origin=services.site.base,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        ).new_sign_count
    except (WebAuthnException, ValueError) as error:
        raise PasskeyRefused from error


async def _use_challenge(services: Services, challenge: bytes, artist_pk: int | None) -> None:
    """Each challenge is answered once, by whom it was made for."""
    async with services.database.unit_of_work() as records:
        used = await records.tokens.consume(
            hash_token(challenge.decode("latin-1")), Purpose.PASSKEY, services.clock.now()
        )
    if used is None or used.artist_pk != artist_pk:
        raise PasskeyRefused


def _read(credential: str) -> _Said:
    if len(credential) > MAX_CREDENTIAL:
        raise PasskeyRefused
    try:
        document = json.loads(credential)
        client_data = json.loads(base64url_to_bytes(document["response"]["clientDataJSON"]))
        return _Said(document, str(document["id"]), base64url_to_bytes(client_data["challenge"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PasskeyRefused from error


def _describe(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in passkeys]


def _party(services: Services) -> str:
    """To whom passkeys belong: the host, without a port."""
    return urlsplit(services.site.base).hostname or ""
