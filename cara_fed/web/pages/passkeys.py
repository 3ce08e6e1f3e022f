"""Logging in with a passkey, or with a code after the password."""

from collections.abc import Mapping

from quart import Blueprint, Response, redirect, session
from quart.typing import ResponseReturnValue

from cara_fed.accounts.limits import SIGN_IN_BY_ADDRESS, TooManyAttempts, require_within
from cara_fed.accounts.passkeys import PasskeyRefused, ask_passkey, sign_in_with_passkey
from cara_fed.accounts.second_factor import WrongCode, find_half_signed_in, finish_sign_in
from cara_fed.accounts.sign_in import HalfSignedIn
from cara_fed.accounts.tokens import LinkUnusable
from cara_fed.mail.letters import can_write
from cara_fed.web.errors import headers_of, status_of
from cara_fed.web.forms import read_next_path
from cara_fed.web.house import services, visitor
from cara_fed.web.login_views import CodePage
from cara_fed.web.parts import FormView
from cara_fed.web.showing import form_again, show
from cara_fed.web.signed_in import keep_signed_in
from cara_fed.web.studio_views import LogInPage
from cara_fed.web.uploads import read_fields

HALF = "half"
"""Where this browser's cookie keeps that the password was right."""
MAX_CODE = 40

room = Blueprint("passkeys", __name__)


async def ask_for_code(half: HalfSignedIn, next_path: str) -> ResponseReturnValue:
    """On from the password to the code."""
    session[HALF] = half.token
    session[f"{HALF}_next"] = next_path
    return redirect("/login/code", 303)


@room.get("/login/code")
async def show_code() -> ResponseReturnValue:
    """The form for the code; without a password before it, the way back to that."""
    if await find_half_signed_in(services(), _half()) is None:
        return redirect("/login", 303)
    return await show(CodePage())


@room.post("/login/code")
async def give_code() -> ResponseReturnValue:
    """Begin a session in this browser."""
    fields = await read_fields()
    try:
        signed_in = await finish_sign_in(services(), _half(), fields.get("code", "")[:MAX_CODE], visitor())
    except LinkUnusable:
        return redirect("/login", 303)
    except (WrongCode, TooManyAttempts) as refusal:
        response = await show(CodePage(FormView(errors={"code": str(refusal)})), status=status_of(refusal))
        response.headers.update(headers_of(refusal))
        return response
    next_path = read_next_path(str(session.get(f"{HALF}_next", "/")))
    keep_signed_in(signed_in)
    return redirect(next_path, 303)


@room.post("/login/passkey/options")
async def give_options() -> ResponseReturnValue:
    """What the browser needs to ask the device."""
    await require_within(services(), (SIGN_IN_BY_ADDRESS, visitor().address))
    return answer_options(await ask_passkey(services()))


@room.post("/login/passkey")
async def log_in_with_passkey() -> ResponseReturnValue:
    """Begin a session for the holder of a passkey."""
    fields = await read_fields()
    try:
        signed_in = await sign_in_with_passkey(services(), fields.get("credential", ""), visitor())
    except (PasskeyRefused, TooManyAttempts) as refusal:
        return await _show_refused(fields, refusal)
    keep_signed_in(signed_in)
    return redirect(read_next_path(fields.get("next", "")), 303)


def answer_options(options: str) -> Response:
    """JSON that nobody keeps."""
    return Response(options, content_type="application/json", headers={"Cache-Control": "no-store"})


async def _show_refused(fields: Mapping[str, str], refusal: PasskeyRefused | TooManyAttempts) -> ResponseReturnValue:
    plain = {name: value for name, value in fields.items() if name != "credential"}
    response = await show(
        LogInPage(form_again(plain, password=str(refusal)), can_write(services())), status=status_of(refusal)
    )
    response.headers.update(headers_of(refusal))
    return response


def _half() -> str:
    return str(session.get(HALF, ""))
