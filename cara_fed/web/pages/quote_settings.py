"""Who may quote what an artist publishes from now on."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from activitypub.quotes import QuotePolicy
from cara_fed.web.account_views import QuoteSettingsPage
from cara_fed.web.forms import FormInvalid, FormReader
from cara_fed.web.house import services
from cara_fed.web.parts import FormView
from cara_fed.web.showing import go, show, show_invalid
from cara_fed.web.signed_in import require_artist
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _

PATH = "/settings/quotes"

room = Blueprint("quote_settings", __name__)


@room.get(PATH)
async def show_quotes() -> ResponseReturnValue:
    """The form, as the artist last answered."""
    chosen = require_artist().quote_policy or QuotePolicy.EVERYONE
    return await show(QuoteSettingsPage(FormView({"quote_policy": chosen})))


@room.post(PATH)
async def change_quotes() -> ResponseReturnValue:
    """Answer otherwise for new posts."""
    artist, reader = require_artist(), FormReader(await read_fields())
    policy = reader.choice("quote_policy", QuotePolicy, QuotePolicy.EVERYONE)
    try:
        reader.finish()
    except FormInvalid as invalid:
        return await show_invalid(QuoteSettingsPage(invalid.view))
    async with services().database.unit_of_work() as records:
        (await records.artists.get_by_pk(artist.pk)).quote_policy = policy
    return await go(PATH, _("Saved. It holds for what you publish from now on."))
