import pytest

from cara_fed.accounts.create_artist import NewArtist, create_artist
from cara_fed.accounts.limits import (
    SIGN_IN_BY_ADDRESS,
    SIGN_IN_BY_NAME,
    Limit,
    TooManyAttempts,
    require_within,
)
from cara_fed.accounts.set_password import change_password, reset_password
from cara_fed.accounts.sign_in import (
    SESSION_LIFETIME,
    SignedIn,
    Visitor,
    WrongPassword,
    find_signed_in,
    sign_in,
    sign_out,
    sign_out_elsewhere,
)
from cara_fed.accounts.tokens import LinkUnusable, issue_password_link
from cara_fed.errors import InvalidInput
from cara_fed.services import Services
from storage.artists import Artist
from tests.support.clocks import StoryTime
from tests.support.instances import CHEAP

PASSWORD = "a quiet harbour at dusk"
HOME = Visitor("192.0.2.7", "Firefox")


@pytest.fixture
async def ida(services: Services) -> Artist:
    return await create_artist(services, NewArtist("Ida", password_hash=CHEAP.hash(PASSWORD)))


@pytest.mark.parametrize("name", ["Ida", "ida", "@ida", " @Ida@studio.example "])
async def test_who_knows_the_password_is_signed_in(services: Services, ida: Artist, name: str) -> None:
    signed_in = await sign_in(services, name, PASSWORD, HOME)
    found = await find_signed_in(services, signed_in.token)
    assert found is not None and found.pk == ida.pk


@pytest.mark.parametrize(
    ("name", "password"),
    [("ida", "another password"), ("nobody", PASSWORD), ("ida@elsewhere.example", PASSWORD), ("ida", "")],
)
async def test_who_does_not_is_told_the_same_whatever_was_wrong(
    services: Services, ida: Artist, name: str, password: str
) -> None:
    with pytest.raises(WrongPassword, match="name or the password"):
        await sign_in(services, name, password, HOME)


async def test_an_artist_without_a_password_cannot_sign_in(services: Services, mara: Artist) -> None:
    with pytest.raises(WrongPassword):
        await sign_in(services, "mara", "", HOME)


async def test_guessing_at_one_name_is_limited_even_from_many_addresses(services: Services, ida: Artist) -> None:
    with pytest.raises(WrongPassword):
        await sign_in(services, "IDA", "wrong password", HOME)
    await _try(services, SIGN_IN_BY_NAME, "ida", SIGN_IN_BY_NAME.tries - 1)
    with pytest.raises(TooManyAttempts) as refused:
        await sign_in(services, "ida", PASSWORD, Visitor("198.51.100.1"))
    assert refused.value.retry_after_seconds == 900


async def test_guessing_at_many_names_from_one_address_is_limited(
    services: Services, ida: Artist, time: StoryTime
) -> None:
    with pytest.raises(WrongPassword):
        await sign_in(services, "nobody", "", HOME)
    await _try(services, SIGN_IN_BY_ADDRESS, HOME.address, SIGN_IN_BY_ADDRESS.tries - 1)
    with pytest.raises(TooManyAttempts):
        await sign_in(services, "ida", PASSWORD, HOME)
    time.pass_by(minutes=16)
    await sign_in(services, "ida", PASSWORD, HOME)


async def test_a_success_begins_the_count_of_a_name_anew(services: Services, ida: Artist) -> None:
    await _try(services, SIGN_IN_BY_NAME, "ida", SIGN_IN_BY_NAME.tries - 1)
    await sign_in(services, "ida", PASSWORD, HOME)
    await sign_in(services, "ida", PASSWORD, HOME)


async def test_signing_out_ends_one_session_or_all_others(services: Services, ida: Artist) -> None:
    phone, desk, library = [await sign_in(services, "ida", PASSWORD, HOME) for _ in range(3)]
    await sign_out(services, phone.token)
    assert await find_signed_in(services, phone.token) is None
    assert await sign_out_elsewhere(services, ida.pk, desk.token) == 1
    assert await find_signed_in(services, library.token) is None
    assert await find_signed_in(services, desk.token) is not None


async def test_a_session_lives_as_long_as_it_is_used(services: Services, ida: Artist, time: StoryTime) -> None:
    signed_in: SignedIn = await sign_in(services, "ida", PASSWORD, HOME)
    for _ in range(3):
        time.pass_by(days=20)
        assert await find_signed_in(services, signed_in.token) is not None
    time.now += SESSION_LIFETIME
    assert await find_signed_in(services, signed_in.token) is None


async def test_the_token_is_kept_only_as_a_hash_and_never_shown(services: Services, ida: Artist) -> None:
    signed_in = await sign_in(services, "ida", PASSWORD, HOME)
    assert signed_in.token not in repr(signed_in)
    async with services.database.reading() as records:
        (session,) = await records.sessions.find_for_artist(ida.pk, services.clock.now())
    assert session.token_hash != signed_in.token


async def test_a_new_password_ends_every_other_session(services: Services, ida: Artist) -> None:
    here, there = [await sign_in(services, "ida", PASSWORD, HOME) for _ in range(2)]
    with pytest.raises(WrongPassword):
        await change_password(services, ida, "wrong password", "another good one", here.token)
    await change_password(services, ida, PASSWORD, "another good one", here.token)
    assert await find_signed_in(services, here.token) is not None
    assert await find_signed_in(services, there.token) is None
    await sign_in(services, "ida", "another good one", HOME)


async def test_a_one_time_link_sets_a_password(services: Services, ida: Artist, time: StoryTime) -> None:
    old = await sign_in(services, "ida", PASSWORD, HOME)
    token = (await issue_password_link(services, ida.pk)).partition("?token=")[2]
    with pytest.raises(InvalidInput, match="10 characters"):
        await reset_password(services, token, "short")
    await reset_password(services, token, "another good one")
    assert await find_signed_in(services, old.token) is None
    await sign_in(services, "ida", "another good one", HOME)
    with pytest.raises(LinkUnusable):
        await reset_password(services, token, "a third good one")
    late = (await issue_password_link(services, ida.pk)).partition("?token=")[2]
    time.pass_by(days=1)
    with pytest.raises(LinkUnusable):
        await reset_password(services, late, "a third good one")


async def _try(services: Services, limit: Limit, subject: str, times: int) -> None:
    for _ in range(times):
        await require_within(services, (limit, subject))
