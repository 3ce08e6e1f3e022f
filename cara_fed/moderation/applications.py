"""Applications: people who want to join say who they are; a yes is a link, by mail or passed on."""

from typing import Final

from activitypub.identifiers import require_artist_name
from cara_fed.accounts.limits import LETTER_BY_ADDRESS, require_within
from cara_fed.accounts.tokens import Purpose, issue_link
from cara_fed.errors import InvalidInput, NotFound
from cara_fed.mail.letters import can_write, read_address, write_letter
from cara_fed.moderation.deeds import Deed, note_deed
from cara_fed.services import Services
from cara_fed.words.speech import _, later
from cara_fed.words.writing import write_number
from storage.applications import GRANTED, REFUSED, Application
from storage.artists import Artist

MAX_WORDS: Final = 2000
MAX_OPEN: Final = 200
ADMITTED: Final = later("""\
You asked to join %(site)s. Welcome: open this link within two weeks to make your account.
%(link)s""")


async def apply_to_join(services: Services, name: str, address: str, words: str, visitor: str) -> None:
    """Take an application down. ``visitor`` is the asking address, by which tries are counted.

    Raises InvalidInput, IdentifierError or TooManyAttempts.
    """
    require_artist_name(name)
    words = words.strip()
    if not words or len(words) > MAX_WORDS:
        raise InvalidInput(
            _("Say in up to %(limit)s characters who you are and what you make.", limit=write_number(MAX_WORDS))
        )
    address = read_address(address) if address.strip() or can_write(services) else ""
    await require_within(services, (LETTER_BY_ADDRESS, visitor))
    async with services.database.unit_of_work() as records:
        if await records.applications.count_open() >= MAX_OPEN:
            raise InvalidInput(_("Too many people wait for an answer. Please try again in a few days."))
        if await records.artists.find_even_deleted(name) is not None:
            raise InvalidInput(_("The name %(name)s is taken.", name=name))
        await records.applications.add(
            Application(
                pk=services.clock.new_pk(), name=name, address=address, content=words, created_at=services.clock.now()
            )
        )


async def admit(services: Services, pk: int, admin: Artist) -> str | None:
    """Say yes: the link goes by mail where that can be, else it is returned to be passed on. Raises NotFound."""
    async with services.database.unit_of_work() as records:
        found = await records.applications.decide(pk, GRANTED, admin.name, services.clock.now())
        if found is None:
            raise NotFound(_("Somebody has answered this already."))
        link = await issue_link(records, services.clock, services.site, Purpose.INVITATION, admin.pk)
        await note_deed(records, services.clock, Deed.ADMIT, found.name, admin.name)
        if not (found.address and can_write(services)):
            return link
        site = services.config.instance.name
        await write_letter(
            records, services, found.address, _("%(site)s: welcome", site=site), _(ADMITTED, site=site, link=link)
        )
    return None


async def turn_down(services: Services, pk: int, admin: Artist) -> None:
    """Say no, to which nothing is sent. Raises NotFound."""
    async with services.database.unit_of_work() as records:
        found = await records.applications.decide(pk, REFUSED, admin.name, services.clock.now())
        if found is None:
            raise NotFound(_("Somebody has answered this already."))
        await note_deed(records, services.clock, Deed.TURN_DOWN, found.name, admin.name)
