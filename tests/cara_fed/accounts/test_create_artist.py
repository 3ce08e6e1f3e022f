import asyncio

import pytest

from activitypub.errors import IdentifierError
from activitypub.keys import load_public_key
from cara_fed.accounts.create_artist import NewArtist, Role, create_artist, join
from cara_fed.accounts.tokens import (
    LinkUnusable,
    Purpose,
    issue_first_admin_link,
    issue_invitation,
    read_link,
)
from cara_fed.errors import InvalidInput
from cara_fed.services import Services
from storage.artists import Artist
from tests.support.clocks import StoryTime

PASSWORD = "a quiet harbour at dusk"


def token_of(link: str | None) -> str:
    assert link is not None
    return link.partition("?token=")[2]


async def test_an_artist_begins_with_two_keys_of_their_own(services: Services, mara: Artist) -> None:
    async with services.database.reading() as records:
        keys = {key.algorithm: key for key in await records.keys.find_all(mara.pk)}
    assert keys["rsa"].key_id == "https://studio.example/users/mara#main-key"
    assert keys["ed25519"].key_id == "https://studio.example/users/mara#ed25519-key"
    assert load_public_key(keys["rsa"].public_pem).key_size == 2048  # type: ignore[union-attr]
    assert "PRIVATE" not in repr(keys["rsa"])


async def test_a_name_is_shown_as_typed_and_compared_without_case(services: Services) -> None:
    await create_artist(services, NewArtist("Mara"))
    async with services.database.reading() as records:
        assert (await records.artists.get("mARA")).name == "Mara"
    with pytest.raises(InvalidInput, match="taken"):
        await create_artist(services, NewArtist("mara"))


@pytest.mark.parametrize("name", ["", "has space", "dotted.name", "a" * 31, "inbox", "Admin", "mära"])
async def test_names_that_cannot_be_are_refused(services: Services, name: str) -> None:
    with pytest.raises(IdentifierError):
        await create_artist(services, NewArtist(name))


async def test_of_two_who_want_the_same_name_at_once_one_gets_it(services: Services) -> None:
    tried = await asyncio.gather(
        *(create_artist(services, NewArtist("theo")) for _ in range(4)), return_exceptions=True
    )
    assert [type(result) for result in tried].count(Artist) == 1
    assert sum(isinstance(result, InvalidInput) for result in tried) == 3


async def test_the_first_admin_joins_by_a_link_that_works_once(services: Services) -> None:
    token = token_of(await issue_first_admin_link(services))
    admin = await join(services, token, "mara", "Mara Lind", PASSWORD)
    assert admin.role == Role.ADMIN
    with pytest.raises(LinkUnusable):
        await join(services, token, "theo", "", PASSWORD)


async def test_a_name_that_is_refused_leaves_the_link_as_it_was(services: Services) -> None:
    token = token_of(await issue_first_admin_link(services))
    with pytest.raises(IdentifierError):
        await join(services, token, "inbox", "", PASSWORD)
    with pytest.raises(InvalidInput):
        await join(services, token, "mara", "", "short")
    assert (await join(services, token, "mara", "", PASSWORD)).role == Role.ADMIN


async def test_a_new_link_for_the_first_admin_replaces_the_old_one(services: Services) -> None:
    old = token_of(await issue_first_admin_link(services))
    new = token_of(await issue_first_admin_link(services))
    with pytest.raises(LinkUnusable):
        await join(services, old, "mara", "", PASSWORD)
    await join(services, new, "mara", "", PASSWORD)


async def test_once_there_is_an_admin_no_link_makes_another(services: Services) -> None:
    token = token_of(await issue_first_admin_link(services))
    await create_artist(services, NewArtist("mara", role=Role.ADMIN))
    assert await issue_first_admin_link(services) is None
    with pytest.raises(LinkUnusable):
        await join(services, token, "eve", "", PASSWORD)


async def test_an_invitation_makes_an_artist_and_runs_out(services: Services, mara: Artist, time: StoryTime) -> None:
    token = token_of(await issue_invitation(services, mara.pk))
    stale = token_of(await issue_invitation(services, mara.pk))
    assert (await read_link(services, token, (Purpose.FIRST_ADMIN, Purpose.INVITATION), "::1")).artist_pk == mara.pk
    assert (await join(services, token, "theo", "", PASSWORD)).role == Role.ARTIST
    time.pass_by(days=15)
    with pytest.raises(LinkUnusable):
        await join(services, stale, "ida", "", PASSWORD)


async def test_a_link_for_a_password_does_not_make_an_account(services: Services, mara: Artist) -> None:
    token = token_of(await issue_invitation(services, mara.pk))
    with pytest.raises(LinkUnusable):
        await read_link(services, token, (Purpose.PASSWORD_RESET,), "::1")
