"""Which cloak an artist wants on their pictures."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.protection.cloak.levels import Cloak
from cara_fed.web.account_views import CloakSettingsPage
from cara_fed.web.forms import FormInvalid, FormReader, read_cloak
from cara_fed.web.house import services
from cara_fed.web.parts import FormView
from cara_fed.web.showing import go, show, show_invalid
from cara_fed.web.signed_in import require_artist
from cara_fed.web.treating import offered_cloaks
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _

PATH = "/settings/cloak"

room = Blueprint("cloak_settings", __name__)


@room.get(PATH)
async def show_cloak() -> ResponseReturnValue:
    """The form, as the artist last answered."""
    return await show(_build_page(FormView({"cloak": require_artist().cloak or ""})))


@room.post(PATH)
async def change_cloak() -> ResponseReturnValue:
    """Answer otherwise for new pictures."""
    artist, reader = require_artist(), FormReader(await read_fields())
    cloak = read_cloak(reader)
    try:
        reader.finish()
    except FormInvalid as invalid:
        return await show_invalid(_build_page(invalid.view))
    async with services().database.unit_of_work() as records:
        (await records.artists.get_by_pk(artist.pk)).cloak = cloak
    return await go(PATH, _("Saved. It holds for what you publish from now on."))


def _build_page(form: FormView) -> CloakSettingsPage:
    config = services().config
    return CloakSettingsPage(offered_cloaks(config), Cloak(config.protection.cloak), form)
