"""Rotating keys: the new one signs at once, the old one stays readable while what it signed is on its way."""

from cara_fed.accounts.key_rows import make_next_keys
from cara_fed.accounts.keyring import REVISION
from cara_fed.publishing.outgoing import wake_workers
from cara_fed.publishing.update_profile import announce_profile
from cara_fed.services import Services
from storage.artists import Artist
from storage.keys import Key
from storage.records import Records


async def rotate_artist_keys(services: Services, artist: Artist) -> tuple[Key, ...]:
    """Give an artist new keys and tell their followers; raises storage's NotFound where there is no such artist.

    Peers that have not heard find a key id that they do not know, and ask for it.
    """
    made = await make_next_keys(services.clock, services.site.actor(artist.name), artist.pk)
    async with services.database.unit_of_work() as records:
        row = await records.artists.get_by_pk(artist.pk)
        await _replace(records, services, artist.pk, made)
        await announce_profile(records, services, row)
    services.keyring.forget()
    wake_workers(services)
    return made


async def rotate_instance_keys(services: Services) -> tuple[Key, ...]:
    """Give the instance new keys. It has no followers to tell: peers ask when they meet a key that they do not know."""
    made = await make_next_keys(services.clock, services.site.instance_actor, None)
    async with services.database.unit_of_work() as records:
        await _replace(records, services, None, made)
    services.keyring.forget()
    return made


async def _replace(records: Records, services: Services, artist_pk: int | None, made: tuple[Key, ...]) -> None:
    for old in await records.keys.find_all(artist_pk):
        await records.keys.retire(old.pk, services.clock.now())
    for key in made:
        await records.keys.add(key)
    await records.revisions.bump(REVISION)
