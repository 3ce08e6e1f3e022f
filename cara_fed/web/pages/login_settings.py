"""How an artist proves who they are: passkeys, codes by an app, recovery codes, and an address for lost passwords."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import segno
from quart import Blueprint, Response, jsonify, request
from quart.typing import ResponseReturnValue

from activitypub.identifiers import read_pk
from cara_fed.accounts.confirm_password import require_password
from cara_fed.accounts.limits import TooManyAttempts
from cara_fed.accounts.mail_address import confirm_mail_address, set_mail_address
from cara_fed.accounts.passkeys import PasskeyRefused, add_passkey, ask_new_passkey
from cara_fed.accounts.second_factor import (
    WrongCode,
    ask_for_passkeys,
    begin_second_factor,
    confirm_second_factor,
    find_pending,
    remove_second_factor,
    renew_recovery_codes,
)
from cara_fed.accounts.sign_in import WrongPassword
from cara_fed.errors import InvalidInput, NotAllowed
from cara_fed.mail.letters import can_write
from cara_fed.services import Services
from cara_fed.web.errors import status_of
from cara_fed.web.house import services
from cara_fed.web.login_views import LoginSettingsPage, MailConfirmPage, PasskeyView, PendingApp
from cara_fed.web.pages.passkeys import answer_options
from cara_fed.web.parts import FormView
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import require_artist, session_token
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _
from storage.artists import Artist

PATH = "/settings/login"

room = Blueprint("login_settings", __name__)


@room.get(PATH)
async def show_login_settings() -> ResponseReturnValue:
    """Everything that opens the account."""
    return await show(await _build(require_artist()))


@room.post(f"{PATH}/passkeys/options")
async def give_options() -> ResponseReturnValue:
    """What the browser needs to make a passkey, for who knows the password."""
    artist, fields = require_artist(), await read_fields()
    try:
        await require_password(services(), artist, fields.get("password", ""))
        return answer_options(await ask_new_passkey(services(), artist))
    except (WrongPassword, TooManyAttempts, InvalidInput) as refusal:
        return _refuse_options(refusal)


@room.post(f"{PATH}/passkeys")
async def keep_passkey() -> ResponseReturnValue:
    """Keep what the browser made."""
    artist, fields = require_artist(), await read_fields()
    try:
        await add_passkey(services(), artist, fields.get("credential", ""), fields.get("name", ""))
    except (PasskeyRefused, InvalidInput) as refusal:
        return await show_invalid(replace(await _build(artist), form=FormView(errors={"passkey": str(refusal)})))
    return await go(PATH, _("The passkey is kept. You can log in with it from now on."))


@room.post(f"{PATH}/passkeys/remove")
async def remove_passkey() -> ResponseReturnValue:
    """Forget one. It needs no password: whoever lost a device must be quick."""
    artist, fields = require_artist(), await read_fields()
    async with services().database.unit_of_work() as records:
        await records.passkeys.remove(artist.pk, read_pk(fields.get("passkey", "")) or 0)
    return await go(PATH, _("This passkey opens nothing any more."))


@room.post(f"{PATH}/passkeys/ask")
async def ask_after_password() -> ResponseReturnValue:
    """Let the password alone no longer be enough."""
    artist, fields = require_artist(), await read_fields()
    try:
        await require_password(services(), artist, fields.get("password", ""))
        codes = await ask_for_passkeys(services(), artist, session_token())
    except NotAllowed as refusal:
        return await _refuse_password(artist, refusal)
    return await show(replace(await _build(artist), recovery_codes=codes), at=PATH)


@room.post(f"{PATH}/app")
async def begin_app() -> ResponseReturnValue:
    """Make a secret for an app."""
    return await _with_password(begin_second_factor)


@room.post(f"{PATH}/app/confirm")
async def confirm_app() -> ResponseReturnValue:
    """Put it in force, and show the recovery codes."""
    artist, fields = require_artist(), await read_fields()
    try:
        codes = await confirm_second_factor(services(), artist, fields.get("code", ""), session_token())
    except (WrongCode, TooManyAttempts) as refusal:
        return await show_invalid(replace(await _build(artist), form=FormView(errors={"code": str(refusal)})))
    return await show(replace(await _build(artist), recovery_codes=codes), at=PATH)


@room.post(f"{PATH}/app/remove")
async def remove_app() -> ResponseReturnValue:
    """Let the password be enough again."""
    return await _with_password(lambda services, artist: remove_second_factor(services, artist.pk))


@room.post(f"{PATH}/codes")
async def renew_codes() -> ResponseReturnValue:
    """New recovery codes, for who knows the password."""
    artist, fields = require_artist(), await read_fields()
    try:
        await require_password(services(), artist, fields.get("password", ""))
    except (WrongPassword, TooManyAttempts) as refusal:
        return await _refuse_password(artist, refusal)
    codes = await renew_recovery_codes(services(), artist)
    return await show(replace(await _build(artist), recovery_codes=codes), at=PATH)


@room.post(f"{PATH}/mail")
async def change_mail() -> ResponseReturnValue:
    """Take an address down, and write to it."""
    artist, fields = require_artist(), await read_fields()
    try:
        await require_password(services(), artist, fields.get("password", ""))
        await set_mail_address(services(), artist, fields.get("mail", ""))
    except WrongPassword as refusal:
        return await _refuse_password(artist, refusal)
    except (InvalidInput, TooManyAttempts) as refusal:
        return await show_invalid(replace(await _build(artist), form=form_again(fields, mail=str(refusal))))
    said = _("Open the link in the letter that is on its way.") if fields.get("mail", "").strip() else _("Forgotten.")
    return await go(PATH, said)


@room.get("/settings/mail/confirm")
async def show_confirm() -> ResponseReturnValue:
    """A button: mail servers open links to look at them."""
    return await show(MailConfirmPage(request.args.get("token", "")))


@room.post("/settings/mail/confirm")
async def confirm_mail() -> ResponseReturnValue:
    """The address is who it says."""
    await confirm_mail_address(services(), (await read_fields()).get("token", ""))
    return await go("/", _("Links for a new password go to this address from now on."))


async def _with_password(act: Callable[[Services, Artist], Awaitable[object]]) -> ResponseReturnValue:
    artist, fields = require_artist(), await read_fields()
    try:
        await require_password(services(), artist, fields.get("password", ""))
    except (WrongPassword, TooManyAttempts) as refusal:
        return await _refuse_password(artist, refusal)
    await act(services(), artist)
    return await go(PATH)


async def _refuse_password(artist: Artist, refusal: NotAllowed) -> ResponseReturnValue:
    return await show_invalid(replace(await _build(artist), form=FormView(errors={"password": str(refusal)})))


def _refuse_options(refusal: NotAllowed | InvalidInput) -> Response:
    response = jsonify({"error": str(refusal)})
    response.status_code = status_of(refusal)
    return response


async def _build(artist: Artist) -> LoginSettingsPage:
    pending = await find_pending(services(), artist)
    async with services().database.reading() as records:
        passkeys = await records.passkeys.find_all(artist.pk)
        factor = await records.second_factors.find(artist.pk)
        codes_left = await records.second_factors.count_codes(artist.pk)
        mail = await records.mail_addresses.find(artist.pk)
    is_in_force = factor is not None and factor.confirmed_at is not None
    return LoginSettingsPage(
        passkeys=tuple(PasskeyView(one.pk, one.name, one.created_at, one.used_at) for one in passkeys),
        has_app=is_in_force and bool(factor and factor.secret),
        asks_passkey=is_in_force and not (factor and factor.secret),
        pending=_draw(pending, factor.secret) if pending and factor else None,
        codes_left=codes_left,
        has_mail_server=can_write(services()),
        mail=mail.address if mail else "",
        is_mail_confirmed=mail is not None and mail.confirmed_at is not None,
    )


def _draw(address: str, secret: str) -> PendingApp:
    """The QR code as one path of squares, for an SVG without style."""
    matrix = segno.make(address, error="m", micro=False).matrix
    squares = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark]
    spaced = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    return PendingApp(address, spaced, "".join(squares), len(matrix))
