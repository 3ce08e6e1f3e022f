"""Logging in and out."""

from urllib.parse import quote

from quart import Blueprint, redirect, request
from quart.typing import ResponseReturnValue

from cara_fed.accounts.limits import TooManyAttempts
from cara_fed.accounts.sign_in import HalfSignedIn, WrongPassword, sign_in, sign_out
from cara_fed.mail.letters import can_write
from cara_fed.web.errors import headers_of, status_of
from cara_fed.web.forms import FormInvalid, read_log_in_form, read_next_path
from cara_fed.web.house import services, visitor
from cara_fed.web.pages.passkeys import ask_for_code
from cara_fed.web.parts import FormView
from cara_fed.web.showing import INVALID, form_again, go, show
from cara_fed.web.signed_in import current_artist, forget_signed_in, keep_signed_in, session_token, suspended_artist
from cara_fed.web.studio_views import LogInPage, LogOutPage
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _

room = Blueprint("sessions", __name__)


@room.get("/login")
async def show_log_in() -> ResponseReturnValue:
    """The form; whoever is signed in already goes on."""
    next_path = read_next_path(request.args.get("next", ""))
    if suspended_artist() is not None:
        return redirect("/suspended", 303)
    if current_artist() is not None:
        return redirect(next_path, 303)
    return await show(LogInPage(FormView({"next": next_path}), can_write(services())))


@room.post("/login")
async def log_in() -> ResponseReturnValue:
    """Begin a session in this browser."""
    fields = await read_fields()
    try:
        form = read_log_in_form(fields)
        signed_in = await sign_in(services(), form.name, form.password, visitor())
    except FormInvalid as invalid:
        return await show(LogInPage(invalid.view, can_write(services())), status=INVALID)
    except (WrongPassword, TooManyAttempts) as refusal:
        return await _show_refused(form_again(fields, password=str(refusal)), refusal)
    if isinstance(signed_in, HalfSignedIn):
        return await ask_for_code(signed_in, form.next_path)
    keep_signed_in(signed_in)
    return redirect("/suspended" if signed_in.artist.suspended_at else form.next_path, 303)


@room.get("/logout")
async def show_log_out() -> ResponseReturnValue:
    """The question; only a POST signs out."""
    return await show(LogOutPage()) if current_artist() is not None else redirect("/", 303)


@room.post("/logout")
async def log_out() -> ResponseReturnValue:
    """End this browser's session."""
    await sign_out(services(), session_token())
    forget_signed_in()
    return await go("/", _("You are logged out."))


async def invite_to_log_in() -> ResponseReturnValue:
    """Lead to the form, and from there back to the page that was asked for."""
    if suspended_artist() is not None:
        return redirect("/suspended", 303)
    wanted = request.full_path.rstrip("?")
    return redirect(f"/login?next={quote(wanted, safe='')}", 303)


async def _show_refused(form: FormView, refusal: WrongPassword | TooManyAttempts) -> ResponseReturnValue:
    response = await show(LogInPage(form, can_write(services())), status=status_of(refusal))
    response.headers.update(headers_of(refusal))
    return response
