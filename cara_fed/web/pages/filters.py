"""Filters: words that are not to be read on timelines."""

from datetime import timedelta
from typing import Final

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.web.drafting import read_number
from cara_fed.web.forms import FormInvalid, FormReader
from cara_fed.web.house import services
from cara_fed.web.parts import FormView
from cara_fed.web.showing import go, show, show_invalid
from cara_fed.web.signed_in import require_artist
from cara_fed.web.social_views import FilterLine, FiltersPage
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.filters import Filter

PATH: Final = "/settings/filters"
MAX_FILTERS, MAX_PHRASE = 200, 100
DAYS: Final = {"": None, "1": 1, "7": 7, "30": 30, "365": 365}

room = Blueprint("filters", __name__)


@room.get(PATH)
async def show_filters() -> ResponseReturnValue:
    """All that hold."""
    return await show(await _build_page(require_artist(), FormView()))


@room.post(PATH)
async def add_filter() -> ResponseReturnValue:
    """One more."""
    artist, reader = require_artist(), FormReader(await read_fields())
    now, days = services().clock.now(), reader.fields.get("days", "")
    phrase = reader.line("phrase", limit=MAX_PHRASE, required=_("Which word, or which words?"))
    if days not in DAYS:
        reader.refuse("days", _("Choose one of these."))
    try:
        reader.finish()
        async with services().database.unit_of_work() as records:
            if len(await records.filters.find_all(artist.pk, now)) >= MAX_FILTERS:
                reader.refuse("phrase", _("There is room for %(limit)s; remove one first.", limit=MAX_FILTERS))
                reader.finish()
            row = Filter(
                pk=services().clock.new_pk(),
                artist_pk=artist.pk,
                phrase=phrase,
                hides=reader.fields.get("action") == "hide",
                expires_at=now + timedelta(days=DAYS[days] or 0) if DAYS[days] else None,
                created_at=now,
            )
            await records.filters.add(row)
    except FormInvalid as invalid:
        return await show_invalid(await _build_page(artist, invalid.view))
    return await go(PATH, _("It holds from now on, on all your timelines."))


@room.post(f"{PATH}/remove")
async def remove_filter() -> ResponseReturnValue:
    """One less."""
    artist, fields = require_artist(), await read_fields()
    async with services().database.unit_of_work() as records:
        await records.filters.remove(artist.pk, read_number(fields.get("filter", "")) or 0)
    return await go(PATH, _("Removed."))


async def _build_page(artist: Artist, form: FormView) -> FiltersPage:
    async with services().database.reading() as records:
        rows = await records.filters.find_all(artist.pk, services().clock.now())
    return FiltersPage(tuple(FilterLine(row.pk, row.phrase, row.hides, row.expires_at) for row in rows), form)
