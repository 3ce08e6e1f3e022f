"""Works on walls, and what those who run the place see at a glance: on both databases, without a query a row."""

from datetime import timedelta

from storage.database import Database
from storage.posts import Post
from storage.sessions import Session
from storage.tokens import Token
from storage.works import PostCounts
from tests.storage.test_deliveries import enqueue
from tests.storage.test_posts import counted_queries
from tests.support.rows import NOW, make_artist, make_attachment, make_post, make_target

MARA, THEO = 1, 2
PUBLIC = ("public",)


async def hang(database: Database, artist_pk: int, pk: int, pictures: int = 1, **columns: object) -> Post:
    """A post of Mara's or Theo's with so many pictures."""
    name = {MARA: "mara", THEO: "theo"}[artist_pk]
    async with database.unit_of_work() as records:
        if await records.artists.find(name) is None:
            await records.artists.add(make_artist(name, pk=artist_pk))
        post = make_post(f"https://studio.example/users/{name}", pk=pk, artist_pk=artist_pk, **columns)
        await records.posts.add(post)
        for _ in range(pictures):
            await records.attachments.add(make_attachment(post_pk=pk, artist_pk=artist_pk))
    return post


async def fill(database: Database) -> None:
    await hang(database, MARA, 10)
    await hang(database, MARA, 11, pictures=0)
    await hang(database, THEO, 12, pictures=3)
    await hang(database, MARA, 13, visibility="unlisted")
    await hang(database, MARA, 14, deleted_at=NOW)
    await hang(database, MARA, 15, visibility="followers")
    await hang(database, MARA, 16)


async def test_works_are_living_local_posts_with_pictures_newest_first(database: Database) -> None:
    await fill(database)
    async with database.unit_of_work() as records:
        remote = make_post("https://b.example/users/eve", pk=17)
        await records.posts.add(remote)
        await records.attachments.add(make_attachment(post_pk=17))
    async with database.reading() as records:
        assert [post.pk for post in await records.works.find_page(PUBLIC)] == [16, 12, 10]
        assert [post.pk for post in await records.works.find_page(PUBLIC, before=16, limit=1)] == [12]
        own = await records.works.find_page(("public", "unlisted"), artist_pk=MARA)
        assert [post.pk for post in own] == [16, 13, 10]


async def test_works_are_counted_beside_posts(database: Database) -> None:
    await fill(database)
    async with database.reading() as records:
        assert await records.works.count(MARA, PUBLIC) == PostCounts(posts=3, works=2)
        assert await records.works.count(MARA, ("public", "unlisted", "followers")) == PostCounts(posts=5, works=4)
        assert await records.works.count(99, PUBLIC) == PostCounts(posts=0, works=0)
        assert await records.works.count_by_artist() == {MARA: 2, THEO: 1}


async def test_the_latest_works_of_everybody_come_with_one_query(database: Database) -> None:
    for pk in range(20, 26):
        await hang(database, MARA, pk)
    await hang(database, THEO, 30)
    async with database.reading() as records:
        with counted_queries() as queries:
            latest = await records.works.find_latest(3)
    assert {artist_pk: [post.pk for post in posts] for artist_pk, posts in latest.items()} == {
        MARA: [25, 24, 23],
        THEO: [30],
    }
    assert len(queries) == 1


async def test_beside_a_work_hang_its_neighbours_of_the_same_artist(database: Database) -> None:
    await fill(database)
    async with database.reading() as records:
        middle = await records.posts.find_by_pk(13)
        assert middle is not None
        beside = await records.works.find_beside(middle, PUBLIC)
        assert beside.newer is not None and beside.newer.pk == 16
        assert beside.older is not None and beside.older.pk == 10
        oldest = await records.works.find_beside(beside.older, PUBLIC)
        assert (oldest.older, oldest.newer and oldest.newer.pk) == (None, 16)


async def test_artists_are_seen_and_their_posts_counted_at_once(database: Database) -> None:
    await fill(database)
    await hang(database, MARA, 18, visibility="direct")
    async with database.unit_of_work() as records:
        for n, hours in enumerate((5, 2)):
            seen = NOW - timedelta(hours=hours)
            row = Session(token_hash=str(n), artist_pk=MARA, created_at=seen, seen_at=seen, expires_at=NOW)
            await records.sessions.add(row)
    async with database.reading() as records:
        assert await records.overviews.last_seen() == {MARA: NOW - timedelta(hours=2)}
        assert await records.overviews.count_posts() == {MARA: 5, THEO: 1}


async def test_only_links_that_could_still_be_used_are_open_and_can_be_withdrawn(database: Database) -> None:
    def token(name: str, **columns: object) -> Token:
        good = {"purpose": "invitation", "created_at": NOW, "expires_at": NOW + timedelta(days=1)}
        return Token(token_hash=name, **good | columns)

    async with database.unit_of_work() as records:
        for row in (
            token("good"),
            token("older", created_at=NOW - timedelta(hours=1)),
            token("used", used_at=NOW),
            token("late", expires_at=NOW),
            token("other", purpose="password_reset"),
        ):
            await records.tokens.add(row)
    async with database.unit_of_work() as records:
        assert [row.token_hash for row in await records.overviews.find_open_tokens("invitation", NOW)] == [
            "good",
            "older",
        ]
        assert not await records.overviews.withdraw_token("other", "invitation")
        assert await records.overviews.withdraw_token("good", "invitation")
        assert [row.token_hash for row in await records.overviews.find_open_tokens("invitation", NOW)] == ["older"]


async def test_servers_in_trouble_are_told_with_their_last_error(database: Database) -> None:
    hosts = ("fine.example", "late.example", "late.example", "dead.example", "shut.example")
    outbox_pk = await enqueue(database, *(make_target(host) for host in hosts))
    async with database.unit_of_work() as records:
        rows = await records.deliveries.find_for_outbox(outbox_pk)
        fine, late, _, dead, _ = (row.pk for row in rows)
        await records.deliveries.record_sent(fine, NOW, 202)
        await records.deliveries.record_retry(late, NOW + timedelta(hours=1), "503 from late.example", 503)
        await records.deliveries.record_failed(dead, NOW, "410 from dead.example", 410)
        await records.hosts.record_failure("shut.example", NOW, NOW + timedelta(minutes=5))
    async with database.reading() as records:
        trouble = await records.overviews.find_trouble()
        assert await records.overviews.oldest_due(NOW) == NOW
        assert await records.overviews.oldest_due(NOW - timedelta(days=1)) is None
    assert [(each.netloc, each.queued, each.failed, each.last_error) for each in trouble] == [
        ("late.example", 2, 0, "503 from late.example"),
        ("shut.example", 1, 0, ""),
        ("dead.example", 0, 1, "410 from dead.example"),
    ]
    assert trouble[1].failing_since == NOW
    assert trouble[1].open_until == NOW + timedelta(minutes=5)


async def test_who_is_signed_in_comes_with_one_query_and_only_while_it_lasts(database: Database) -> None:
    await hang(database, MARA, 10)
    async with database.unit_of_work() as records:
        row = Session(token_hash="t", artist_pk=MARA, created_at=NOW, seen_at=NOW, expires_at=NOW + timedelta(days=1))
        await records.sessions.add(row)
    async with database.reading() as records:
        with counted_queries() as queries:
            found = await records.artists.find_by_session("t", NOW)
        assert found is not None
        assert (found[0].name, found[1].token_hash, len(queries)) == ("mara", "t", 1)
        assert await records.artists.find_by_session("other", NOW) is None
        assert await records.artists.find_by_session("t", NOW + timedelta(days=1)) is None
    async with database.unit_of_work() as records:
        (await records.artists.get("mara")).deleted_at = NOW
    async with database.reading() as records:
        assert await records.artists.find_by_session("t", NOW) is None
