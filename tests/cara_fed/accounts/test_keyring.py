import asyncio

import pytest

from cara_fed.accounts.create_artist import NewArtist, create_artist
from cara_fed.accounts.keyring import KeyRing
from cara_fed.accounts.published_keys import find_published_keys
from cara_fed.accounts.rotate_keys import rotate_artist_keys, rotate_instance_keys
from cara_fed.services import Services
from storage.artists import Artist
from storage.errors import NotFound
from tests.support.clocks import StoryTime
from tests.support.instances import add_follower


async def test_an_instance_has_keys_from_the_start_and_makes_them_once(services: Services) -> None:
    first = await services.keyring.signing_key(None)
    assert first.key_id == "https://studio.example/actor#main-key"
    rings = [KeyRing(services.database, services.site, services.clock) for _ in range(3)]
    await asyncio.gather(*(ring.make_instance_keys() for ring in rings))
    async with services.database.reading() as records:
        assert len(await records.keys.find_all(None)) == 2


async def test_the_ring_signs_with_an_artists_own_key(services: Services, mara: Artist) -> None:
    key = await services.keyring.signing_key(mara.pk)
    assert key.key_id == "https://studio.example/users/mara#main-key"
    assert (await services.keyring.signing_key(mara.pk, "ed25519")).key_id.endswith("#ed25519-key")
    with pytest.raises(NotFound):
        await services.keyring.signing_key(12345)
    assert "PRIVATE" not in repr(key)


async def test_a_rotated_key_signs_at_once_and_the_old_one_stays_readable_for_a_week(
    services: Services, mara: Artist, time: StoryTime
) -> None:
    old = await services.keyring.signing_key(mara.pk)
    made = await rotate_artist_keys(services, mara)
    new = await services.keyring.signing_key(mara.pk)
    assert new.key_id == made[0].key_id != old.key_id
    assert new.key_id.startswith("https://studio.example/users/mara#key-")
    shown = await _shown(services, mara)
    assert set(shown[:2]) == {key.key_id for key in made}
    assert old.key_id in shown[2:]
    time.pass_by(days=8)
    assert set(await _shown(services, mara)) == {key.key_id for key in made}


async def test_another_process_sees_the_new_key_when_it_looks(services: Services, mara: Artist) -> None:
    other = KeyRing(services.database, services.site, services.clock)
    await other.refresh()
    old = await other.signing_key(mara.pk)
    await rotate_artist_keys(services, mara)
    assert await other.signing_key(mara.pk) == old
    await other.refresh()
    assert await other.signing_key(mara.pk) == await services.keyring.signing_key(mara.pk)


async def test_a_rotation_is_told_to_followers(services: Services, mara: Artist) -> None:
    await add_follower(services, mara, "https://gallery.example/users/theo")
    await rotate_artist_keys(services, mara)
    async with services.database.reading() as records:
        (delivery,) = await records.deliveries.find_page("queued")
        activity = await records.outbox_log.get(delivery.outbox_pk)
    new = await services.keyring.signing_key(mara.pk)
    assert activity.activity_type == "Update"
    assert f'"publicKey":{{"id":"{new.key_id}"'.encode() in activity.body


async def test_the_instance_rotates_its_own_keys_alone(services: Services) -> None:
    theo = await create_artist(services, NewArtist("theo"))
    before = await services.keyring.signing_key(theo.pk)
    old = await services.keyring.signing_key(None)
    await rotate_instance_keys(services)
    assert (await services.keyring.signing_key(None)).key_id != old.key_id
    assert await services.keyring.signing_key(theo.pk) == before


async def _shown(services: Services, artist: Artist) -> list[str]:
    async with services.database.reading() as records:
        return [key.key_id for key in await find_published_keys(records, artist.pk, services.clock.now())]


async def test_a_key_is_had_even_while_all_are_forgotten(services: Services, mara: Artist) -> None:
    async def forget_often() -> None:
        for _ in range(40):
            services.keyring.forget()
            await asyncio.sleep(0)

    for _ in range(20):
        services.keyring.forget()
        key, *_ = await asyncio.gather(services.keyring.signing_key(mara.pk), forget_often())
        assert key.key_id.endswith("#main-key")
