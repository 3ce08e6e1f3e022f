"""Commissions: the form where an artist says whether they take any."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.publishing.set_commissions import MAX_PRICE_SHEET, Commissions, set_commissions
from cara_fed.translate.views import written_in_markdown
from cara_fed.web.forms import FormInvalid, FormReader
from cara_fed.web.house import services
from cara_fed.web.parts import FormView
from cara_fed.web.showing import go, show, show_invalid
from cara_fed.web.signed_in import require_artist
from cara_fed.web.studio_views import CommissionsPage
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _

PATH = "/settings/commissions"

room = Blueprint("commissions", __name__)


@room.get(PATH)
async def show_commissions() -> ResponseReturnValue:
    """What holds now."""
    artist = require_artist()
    form = FormView({"commissions": artist.commissions, "price_sheet": artist.price_sheet})
    return await show(CommissionsPage(form))


@room.post(PATH)
async def change_commissions() -> ResponseReturnValue:
    """Say something else, or look first how it would read."""
    artist, reader = require_artist(), FormReader(await read_fields())
    state = reader.choice("commissions", Commissions, Commissions.NONE)
    price_sheet = reader.text("price_sheet", limit=MAX_PRICE_SHEET)
    try:
        reader.finish()
    except FormInvalid as invalid:
        return await show_invalid(CommissionsPage(invalid.view))
    if reader.fields.get("act") == "look":
        return await show(CommissionsPage(reader.again(), written_in_markdown(price_sheet)))
    await set_commissions(services(), artist, state, price_sheet)
    return await go(PATH, _("Saved. It stands on your profile, here and elsewhere."))
