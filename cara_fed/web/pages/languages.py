"""The language in which somebody reads this site: their own setting, or this browser's."""

from datetime import timedelta
from typing import Final

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from cara_fed.web.account_views import LanguageSettingsPage
from cara_fed.web.forms import FormReader, read_next_path
from cara_fed.web.house import services
from cara_fed.web.parts import FormView
from cara_fed.web.reading import asked_language
from cara_fed.web.showing import go, is_https, show
from cara_fed.web.signed_in import current_artist, require_artist
from cara_fed.web.uploads import read_fields
from cara_fed.words.languages import name_of
from cara_fed.words.speech import _, speak
from cara_fed.words.wishes import COOKIE, find_setting

PATH: Final = "/settings/language"
KEPT_FOR: Final = timedelta(days=365)

room = Blueprint("languages", __name__)


@room.get(PATH)
async def show_language() -> ResponseReturnValue:
    """The form, as the artist last answered."""
    artist = require_artist()
    form = FormView({"language": find_setting(artist.language) or ""})
    return await show(LanguageSettingsPage(name_of(asked_language()), form))


@room.post(PATH)
async def change_language() -> ResponseReturnValue:
    """Read in another language from now on, in every browser."""
    reader = FormReader(await read_fields())
    await _set_own(find_setting(reader.line("language")))
    return await go(PATH, _("Saved. Letters to you are written in this language, too."))


@room.post("/language")
async def choose() -> ResponseReturnValue:
    """The switch below every page: an artist's own setting, or else this browser's."""
    fields = await read_fields()
    back, tag = read_next_path(fields.get("back", "")), find_setting(fields.get("language"))
    response = redirect(back, 303)
    if current_artist() is not None:
        await _set_own(tag)
    elif tag is not None:
        response.set_cookie(COOKIE, tag, max_age=KEPT_FOR, secure=is_https(), httponly=True, samesite="Lax")
    return response


async def _set_own(tag: str | None) -> None:
    artist = require_artist()
    async with services().database.unit_of_work() as records:
        (await records.artists.get_by_pk(artist.pk)).language = tag
    speak(tag or asked_language())
