"""A forgotten password: a link by mail, where there is a mail server."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.accounts.mail_address import write_password_link
from cara_fed.mail.letters import can_write
from cara_fed.web.errors import NothingHere
from cara_fed.web.forms import MAX_NAME, FormInvalid, FormReader
from cara_fed.web.house import services, visitor
from cara_fed.web.login_views import ForgottenPage
from cara_fed.web.showing import show, show_invalid
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _

PATH = "/password/forgotten"

room = Blueprint("forgotten", __name__)


@room.get(PATH)
async def show_forgotten() -> ResponseReturnValue:
    """The form."""
    _require_mail_server()
    return await show(ForgottenPage())


@room.post(PATH)
async def ask_for_link() -> ResponseReturnValue:
    """The same answer for everybody: nobody learns who is here, or who has an address."""
    _require_mail_server()
    reader = FormReader(await read_fields())
    name = reader.line("name", limit=MAX_NAME, required=_("Your name here, as in @name."))
    try:
        reader.finish()
    except FormInvalid as invalid:
        return await show_invalid(ForgottenPage(invalid.view))
    await write_password_link(services(), name.removeprefix("@").partition("@")[0], visitor().address)
    return await show(ForgottenPage(is_asked=True))


def _require_mail_server() -> None:
    if not can_write(services()):
        raise NothingHere
