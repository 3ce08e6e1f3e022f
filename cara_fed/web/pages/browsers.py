"""Where an artist is signed in, and ending that."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.accounts.sign_in import sign_out_elsewhere
from cara_fed.accounts.tokens import hash_token
from cara_fed.web.browser_names import read_browser
from cara_fed.web.house import services
from cara_fed.web.showing import go, show
from cara_fed.web.signed_in import require_artist, session_token
from cara_fed.web.studio_views import BrowserSession, SessionsSettingsPage
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _
from storage.sessions import Session

PATH = "/settings/sessions"
REFERENCE = 16
"""How much of a session's hash names it on its page: enough for one artist's browsers."""

room = Blueprint("browsers", __name__)


@room.get(PATH)
async def show_sessions() -> ResponseReturnValue:
    """Every browser in which the artist is signed in."""
    artist, this = require_artist(), hash_token(session_token())
    async with services().database.reading() as records:
        rows = await records.sessions.find_for_artist(artist.pk, services().clock.now())
    return await show(SessionsSettingsPage(tuple(_build_session(row, this) for row in rows)))


@room.post(f"{PATH}/end")
async def end_session() -> ResponseReturnValue:
    """End one of them."""
    artist, reference = require_artist(), (await read_fields()).get("reference", "")
    async with services().database.unit_of_work() as records:
        for row in await records.sessions.find_for_artist(artist.pk, services().clock.now()):
            if _refer_to(row) == reference:
                await records.sessions.remove(row.token_hash)
    return await go(PATH, _("Logged out there."))


@room.post(f"{PATH}/end-others")
async def end_other_sessions() -> ResponseReturnValue:
    """End all but this one."""
    await sign_out_elsewhere(services(), require_artist().pk, session_token())
    return await go(PATH, _("Logged out everywhere else."))


def _build_session(row: Session, this: str) -> BrowserSession:
    name, is_this = read_browser(row.user_agent), row.token_hash == this
    return BrowserSession(name, row.created_at, row.seen_at, _refer_to(row), is_this)


def _refer_to(row: Session) -> str:
    return row.token_hash[:REFERENCE]
