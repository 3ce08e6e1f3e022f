"""Commissions: whether an artist takes them, and what they cost; a line of the profile, here and elsewhere."""

from enum import StrEnum
from typing import Final

from cara_fed.errors import InvalidInput
from cara_fed.publishing.outgoing import wake_workers
from cara_fed.publishing.update_profile import announce_profile
from cara_fed.services import Services
from cara_fed.words.speech import _
from cara_fed.words.writing import write_number
from storage.artists import Artist

MAX_PRICE_SHEET: Final = 5000


class Commissions(StrEnum):
    """Whether an artist takes commissions; NONE says nothing of them."""

    NONE = ""
    OPEN = "open"
    WAITLIST = "waitlist"
    CLOSED = "closed"


async def set_commissions(services: Services, artist: Artist, state: Commissions, price_sheet: str) -> None:
    """Say it on the profile, and tell all followers. Raises InvalidInput."""
    if len(price_sheet) > MAX_PRICE_SHEET:
        raise InvalidInput(_("The price sheet has at most %(limit)s characters.", limit=write_number(MAX_PRICE_SHEET)))
    async with services.database.unit_of_work() as records:
        row = await records.artists.get_by_pk(artist.pk)
        row.commissions, row.price_sheet = state.value, price_sheet.strip()
        await announce_profile(records, services, row)
    wake_workers(services)
