"""Accounts: artists, their keys, their sessions, links that work once, and what the instance keeps secret."""

import asyncio
from datetime import timedelta
from itertools import count

import pytest

from storage.database import Database
from storage.errors import AlreadyExists, NotFound
from storage.keys import Key
from storage.sessions import Session
from storage.tokens import Token
from tests.support.rows import NOW, make_artist, make_post

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def make_session(token_hash: str, artist_pk: int, **columns: object) -> Session:
    given = {"token_hash": token_hash, "artist_pk": artist_pk, "created_at": NOW, "seen_at": NOW}
    return Session(**given | {"expires_at": NOW + DAY} | columns)


def make_key(pk: int, artist_pk: int | None, algorithm: str = "rsa") -> Key:
    return Key(
        pk=pk, artist_pk=artist_pk, algorithm=algorithm, key_id=f"https://studio.example/key-{pk}", created_at=NOW,
        private_pem="private", public_pem="public",
    )  # fmt: skip


async def test_a_name_is_found_without_case_and_given_once(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.artists.add(make_artist("Mara"))
        with pytest.raises(AlreadyExists, match="artist mARA exists already"):
            await records.artists.add(make_artist("mARA"))
        assert (await records.artists.get("maRa")).name == "Mara"
        assert await records.artists.find("theo") is None
        with pytest.raises(NotFound):
            await records.artists.get("theo")


async def test_the_name_of_a_deleted_artist_stays_taken(database: Database) -> None:
    mara = make_artist("mara", deleted_at=NOW, role="admin")
    async with database.unit_of_work() as records:
        await records.artists.add(mara)
        assert await records.artists.find("mara") is None
        assert await records.artists.find_by_pk(mara.pk) is None
        assert await records.artists.find_even_deleted("MARA") is not None
        assert (await records.artists.count(), await records.artists.has_admin()) == (0, False)
        with pytest.raises(AlreadyExists):
            await records.artists.add(make_artist("mara"))


async def test_artists_are_listed_by_name_and_the_first_admin_is_noticed(database: Database) -> None:
    async with database.unit_of_work() as records:
        theo, mara = make_artist("theo"), make_artist("Mara", role="admin")
        await records.artists.add(theo)
        assert not await records.artists.has_admin()
        await records.artists.add(mara)
        assert await records.artists.has_admin()
        assert [artist.name for artist in await records.artists.find_all()] == ["Mara", "theo"]
        assert await records.artists.find_by_pks([theo.pk, 404]) == {theo.pk: theo}
        assert await records.artists.get_by_pk(mara.pk) is mara


async def test_who_signed_in_or_published_lately_is_active(database: Database) -> None:
    idle, visitor, author = (make_artist(name) for name in ("idle", "visitor", "author"))
    async with database.unit_of_work() as records:
        for artist in (idle, visitor, author):
            await records.artists.add(artist)
        await records.sessions.add(make_session("old", idle.pk, seen_at=NOW - 40 * DAY))
        await records.sessions.add(make_session("new", visitor.pk))
        await records.posts.add(make_post("https://studio.example/users/author", artist_pk=author.pk))
        assert await records.artists.count_active(NOW - 30 * DAY) == 2
        assert await records.artists.count_active(NOW - 180 * DAY) == 3


async def test_the_newest_key_signs_and_a_retired_one_is_honoured_for_a_while(database: Database) -> None:
    mara = make_artist("mara")
    async with database.unit_of_work() as records:
        await records.artists.add(mara)
        with pytest.raises(NotFound, match="no rsa key of"):
            await records.keys.get_current(mara.pk, "rsa")
        for key in (make_key(1, None), make_key(2, mara.pk), make_key(3, mara.pk, "ed25519"), make_key(4, mara.pk)):
            await records.keys.add(key)
        assert (await records.keys.get_current(mara.pk, "rsa")).pk == 4
        await records.keys.retire(2, NOW)
        assert (await records.keys.get_current(None, "rsa")).pk == 1
        assert [key.pk for key in await records.keys.find_all(mara.pk)] == [4, 3]
        assert [key.pk for key in await records.keys.find_all(mara.pk, retired_since=NOW - HOUR)] == [4, 3, 2]
        assert [key.pk for key in await records.keys.find_all(mara.pk, retired_since=NOW + HOUR)] == [4, 3]
        found = await records.keys.find_by_key_id("https://studio.example/key-2")
        assert found is not None
        assert found.retired_at == NOW
        assert "private" not in repr(found).replace("private_pem", "")


async def test_a_secret_is_made_once_even_by_many_at_once(database: Database) -> None:
    made = count(1)

    async def ask() -> str:
        async with database.unit_of_work() as records:
            return await records.secrets.get_or_create("capability", lambda: f"value {next(made)}")

    assert len(set(await asyncio.gather(*(ask() for _ in range(6))))) == 1
    async with database.unit_of_work() as records:
        await records.secrets.replace("capability", "another")
        assert await records.secrets.find("capability") == "another"
        assert await records.secrets.find("absent") is None


async def test_a_session_lives_until_it_expires_or_is_ended(database: Database) -> None:
    mara = make_artist("mara")
    async with database.unit_of_work() as records:
        await records.artists.add(mara)
        for name in ("phone", "laptop", "library"):
            await records.sessions.add(make_session(name, mara.pk))
        await records.sessions.touch("phone", NOW + HOUR, NOW + 3 * DAY)
        assert await records.sessions.find("laptop", NOW + DAY) is None
        assert await records.sessions.find("phone", NOW + 2 * DAY) is not None
        assert (await records.sessions.find_for_artist(mara.pk, NOW))[0].token_hash == "phone"
        await records.sessions.remove("library")
        assert await records.sessions.remove_for_artist(mara.pk, keep_token_hash="phone") == 1
        assert [row.token_hash for row in await records.sessions.find_for_artist(mara.pk, NOW)] == ["phone"]
        assert await records.sessions.remove_expired(NOW + 3 * DAY) == 1


async def test_a_link_works_once_even_for_many_at_once(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.tokens.add(Token(token_hash="t", purpose="first_admin", created_at=NOW, expires_at=NOW + DAY))

    async def use() -> bool:
        async with database.unit_of_work() as records:
            return await records.tokens.consume("t", "first_admin", NOW) is not None

    assert sorted(await asyncio.gather(*(use() for _ in range(5)))) == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("token_hash", "purpose", "at"),
    [("other", "password_reset", NOW), ("t", "first_admin", NOW), ("t", "password_reset", NOW + DAY)],
)
async def test_a_link_works_only_for_its_purpose_and_in_its_time(
    database: Database, token_hash: str, purpose: str, at: object
) -> None:
    token = Token(token_hash="t", purpose="password_reset", created_at=NOW, expires_at=NOW + DAY)
    async with database.unit_of_work() as records:
        await records.tokens.add(token)
        assert await records.tokens.find(token_hash, purpose, at) is None  # type: ignore[arg-type]
        assert await records.tokens.consume(token_hash, purpose, at) is None  # type: ignore[arg-type]
        assert await records.tokens.find("t", "password_reset", NOW) is not None
        used = await records.tokens.consume("t", "password_reset", NOW)
        assert used is not None
        assert used.used_at == NOW
        assert await records.tokens.find("t", "password_reset", NOW) is None


async def test_links_can_be_withdrawn_and_expire(database: Database) -> None:
    async with database.unit_of_work() as records:
        for name in ("a", "b"):
            await records.tokens.add(Token(token_hash=name, purpose=name, created_at=NOW, expires_at=NOW + HOUR))
        assert await records.tokens.remove_for_purpose("a") == 1
        assert await records.tokens.remove_expired(NOW) == 0
        assert await records.tokens.remove_expired(NOW + HOUR) == 1
