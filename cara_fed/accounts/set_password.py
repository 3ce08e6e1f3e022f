"""A new password: by who knows the old one, by who holds a one-time link, or by an admin's command."""

from cara_fed.accounts.confirm_password import require_password
from cara_fed.accounts.limits import SIGN_IN_BY_NAME
from cara_fed.accounts.passwords import hash_password, require_good_password
from cara_fed.accounts.tokens import LinkUnusable, Purpose, consume_token, hash_token
from cara_fed.services import Services
from storage.artists import Artist


async def change_password(services: Services, artist: Artist, old: str, new: str, keep_token: str = "") -> None:
    """Set a new password for who knows the old one, and end every other session.

    Raises InvalidInput, WrongPassword or TooManyAttempts.
    """
    require_good_password(new)
    await require_password(services, artist, old)
    password_hash = await hash_password(new)
    async with services.database.unit_of_work() as records:
        found = await records.artists.get_by_pk(artist.pk)
        found.password_hash = password_hash
        await records.sessions.remove_for_artist(artist.pk, hash_token(keep_token))


async def reset_password(services: Services, token: str, new: str) -> Artist:
    """Set a new password for the holder of a one-time link, and end every session.

    Raises InvalidInput or LinkUnusable.
    """
    require_good_password(new)
    password_hash = await hash_password(new)
    async with services.database.unit_of_work() as records:
        link = await consume_token(records, services.clock, token, (Purpose.PASSWORD_RESET,))
        artist = None if link.artist_pk is None else await records.artists.find_by_pk(link.artist_pk)
        if artist is None:
            raise LinkUnusable
        artist.password_hash = password_hash
        await records.sessions.remove_for_artist(artist.pk)
        await records.rate_limits.clear(SIGN_IN_BY_NAME.key(artist.folded))
    return artist
