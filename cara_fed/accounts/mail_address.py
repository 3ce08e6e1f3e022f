"""An artist's mail address: where links for a new password go, once its reader has opened a link sent there."""

from typing import Final

from cara_fed.accounts.limits import LETTER_BY_ADDRESS, LETTER_BY_NAME, require_within
from cara_fed.accounts.tokens import Purpose, consume_token, issue_link
from cara_fed.errors import InvalidInput
from cara_fed.mail.letters import can_write, read_address, write_letter
from cara_fed.services import Services
from cara_fed.words.speech import _, later
from cara_fed.words.wishes import speaking_to
from storage.artists import Artist
from storage.mail_addresses import MailAddress
from storage.records import Records

CONFIRM_SUBJECT: Final = later("%(site)s: is this your address?")
CONFIRM: Final = later("""\
Somebody, probably you, wants links for a new password of %(handle)s sent to this address.

Open this link within a day to agree:
%(link)s

If it was not you, do nothing.""")

RESET_SUBJECT: Final = later("%(site)s: a new password")
RESET: Final = later("""\
Somebody, probably you, asked for a new password for %(handle)s.

Open this link within a day to set one:
%(link)s

If it was not you, do nothing: your password stays as it is.""")


async def set_mail_address(services: Services, artist: Artist, text: str) -> None:
    """Take an address down and write to it; an empty one forgets it. Raises InvalidInput or TooManyAttempts."""
    if not text.strip():
        async with services.database.unit_of_work() as records:
            await records.mail_addresses.remove(artist.pk)
        return
    address = read_address(text)
    if not can_write(services):
        raise InvalidInput(_("This site has no mail server."))
    await require_within(services, (LETTER_BY_NAME, artist.folded))
    async with services.database.unit_of_work() as records:
        await records.mail_addresses.set(MailAddress(artist_pk=artist.pk, address=address))
        await records.tokens.remove_for_artist(artist.pk, Purpose.MAIL_ADDRESS)
        link = await issue_link(records, services.clock, services.site, Purpose.MAIL_ADDRESS, artist.pk)
        await _write_to(records, services, artist, address, CONFIRM_SUBJECT, CONFIRM, link)


async def confirm_mail_address(services: Services, token: str) -> None:
    """The link was opened; raises LinkUnusable."""
    async with services.database.unit_of_work() as records:
        link = await consume_token(records, services.clock, token, (Purpose.MAIL_ADDRESS,))
        found = await records.mail_addresses.find(link.artist_pk or 0)
        if found is not None:
            found.confirmed_at = services.clock.now()


async def write_password_link(services: Services, name: str, address: str) -> None:
    """Write to whoever has that name, if they have an address: nobody learns here whether anybody has.

    ``address`` is the asking visitor's, by which tries are counted. Raises TooManyAttempts.
    """
    await require_within(services, (LETTER_BY_ADDRESS, address))
    async with services.database.unit_of_work() as records:
        artist = await records.artists.find(name)
        found = await records.mail_addresses.find(artist.pk) if artist else None
        if artist is None or found is None or found.confirmed_at is None:
            return
        limit = LETTER_BY_NAME.key(artist.folded)
        if not await records.rate_limits.hit(limit, 3600, LETTER_BY_NAME.tries, services.clock.now()):
            return
        link = await issue_link(records, services.clock, services.site, Purpose.PASSWORD_RESET, artist.pk)
        await _write_to(records, services, artist, found.address, RESET_SUBJECT, RESET, link)


async def _write_to(
    records: Records, services: Services, artist: Artist, address: str, subject: str, body: str, link: str
) -> None:
    site, handle = services.config.instance.name, f"@{artist.name}@{services.site.domain}"
    with speaking_to(artist.language):
        said = _(body, handle=handle, link=link)
        await write_letter(records, services, address, _(subject, site=site), said)
