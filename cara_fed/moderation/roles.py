"""Roles: who runs the place with whom."""

from cara_fed.accounts.create_artist import Role
from cara_fed.errors import InvalidInput, NotAllowed
from cara_fed.moderation.deeds import Deed, note_deed
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist


async def change_role(services: Services, artist_pk: int, role: str, admin: Artist) -> None:
    """Give an artist another role; raises InvalidInput, and NotAllowed where no admin would be left."""
    try:
        wanted = Role(role)
    except ValueError:
        raise InvalidInput(_("Choose one of these roles.")) from None
    async with services.database.unit_of_work() as records:
        artist = await records.artists.get_by_pk(artist_pk)
        if artist.role == Role.ADMIN and wanted is not Role.ADMIN and await records.artists.count_admins() < 2:
            raise NotAllowed(_("Somebody has to be admin. Make another one first."))
        if artist.suspended_at is not None and wanted is not Role.ARTIST:
            raise NotAllowed(_("Whoever is suspended cannot run this site."))
        detail = f"{artist.role} → {wanted}"
        artist.role = wanted
        await note_deed(records, services.clock, Deed.ROLE, f"@{artist.name}", admin.name, detail)


async def drop_second_factor(services: Services, artist_pk: int, admin: Artist) -> None:
    """Let an artist who lost app and codes log in with the password, or with a new one."""
    async with services.database.unit_of_work() as records:
        artist = await records.artists.get_by_pk(artist_pk)
        await records.second_factors.remove(artist.pk)
        await records.passkeys.remove_all(artist.pk)
        await records.sessions.remove_for_artist(artist.pk)
        await note_deed(records, services.clock, Deed.SECOND_FACTOR, f"@{artist.name}", admin.name)
