"""Moving here, moving away, and leaving for good."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from activitypub.errors import ProtocolError
from cara_fed.accounts.confirm_password import require_password
from cara_fed.accounts.limits import TooManyAttempts
from cara_fed.accounts.sign_in import WrongPassword
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.errors import CaraFedError, InvalidInput
from cara_fed.federation.errors import FetchError
from cara_fed.publishing.delete_artist import delete_artist
from cara_fed.publishing.move_artist import move_away, set_aliases, stay
from cara_fed.web.account_views import AccountSettingsPage
from cara_fed.web.house import services
from cara_fed.web.parts import FormView
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import forget_signed_in, require_artist
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _
from storage.artists import Artist

PATH = "/settings/account"

room = Blueprint("account", __name__, url_prefix=PATH)


@room.get("")
async def show_account() -> ResponseReturnValue:
    """The forms."""
    artist = require_artist()
    return await show(_build_page(artist, FormView({"aliases": "\n".join(artist.also_known_as)})))


@room.post("/aliases")
async def change_aliases() -> ResponseReturnValue:
    """Say which other accounts are the artist's own."""
    artist, fields = require_artist(), await read_fields()
    try:
        await set_aliases(services(), artist, fields.get("aliases", "").split())
    except (CaraFedError, FetchError, ProtocolError, RefusedByBlocklist) as refusal:
        return await show_invalid(_build_page(artist, form_again(fields, aliases=_words(refusal))))
    return await go(PATH, _("Saved. Now move from there."))


@room.post("/move")
async def move() -> ResponseReturnValue:
    """Send followers to another account."""
    artist, fields = require_artist(), await read_fields()
    try:
        await require_password(services(), artist, fields.get("password", ""))
        await move_away(services(), artist, fields.get("target", ""))
    except (WrongPassword, TooManyAttempts) as refusal:
        return await _refuse_password(artist, refusal)
    except (CaraFedError, FetchError, ProtocolError, RefusedByBlocklist) as refusal:
        return await show_invalid(_build_page(artist, form_again(fields, target=_words(refusal))))
    return await go(PATH, _("Your followers’ servers are told where you are now."))


@room.post("/stay")
async def take_back() -> ResponseReturnValue:
    """Be here again."""
    await stay(services(), require_artist())
    return await go(PATH, _("Your profile no longer leads elsewhere."))


@room.post("/delete")
async def leave() -> ResponseReturnValue:
    """Delete everything, for good."""
    artist, fields = require_artist(), await read_fields()
    try:
        await require_password(services(), artist, fields.get("password", ""))
    except (WrongPassword, TooManyAttempts) as refusal:
        return await _refuse_password(artist, refusal)
    await delete_artist(services(), artist)
    forget_signed_in()
    return await go("/", _("Your account is gone. Every server that had anything of yours is asked to delete it."))


async def _refuse_password(artist: Artist, refusal: Exception) -> ResponseReturnValue:
    return await show_invalid(_build_page(artist, FormView(errors={"password": str(refusal)})))


def _words(refusal: Exception) -> str:
    if isinstance(refusal, InvalidInput | CaraFedError):
        return str(refusal)
    return _("This account could not be reached: %(refusal)s.", refusal=refusal)


def _build_page(artist: Artist, form: FormView) -> AccountSettingsPage:
    return AccountSettingsPage(services().site.actor(artist.name), artist.moved_to, form)
