"""Posts and their pictures: timelines, tags, tombstones, and no query per row."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from storage.database import Database
from storage.errors import AlreadyExists, NotFound
from storage.posts import PKS_OF_A_DAY, Post
from tests.support.rows import NOW, make_artist, make_attachment, make_following, make_post, make_rendition

MARA = "https://studio.example/users/mara"
THEO = "https://b.example/users/theo"
STRANGER = "https://c.example/users/stranger"
MINE = 1


async def add(database: Database, *posts: Post) -> None:
    async with database.unit_of_work() as records:
        if await records.artists.find("mara") is None:
            await records.artists.add(make_artist("mara", pk=MINE))
        for post in posts:
            await records.posts.add(post)


def texts(posts: object) -> list[str]:
    return [post.text for post in posts]  # type: ignore[attr-defined]


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


async def test_a_post_is_added_once_and_found_by_its_id(database: Database) -> None:
    post = make_post(THEO, text="Rain")
    await add(database, post)
    with pytest.raises(AlreadyExists):
        await add(database, make_post(THEO, object_id=post.object_id))
    async with database.reading() as records:
        assert (await records.posts.get(post.object_id)).text == "Rain"
        assert await records.posts.find_many([post.object_id, "https://b.example/other"]) != {}
        with pytest.raises(NotFound, match=r"no post https://b\.example/other"):
            await records.posts.get("https://b.example/other")


async def test_pages_go_from_the_newest_down_without_gap_or_repeat(database: Database) -> None:
    await add(database, *(make_post(MARA, artist_pk=MINE, text=str(number)) for number in range(5)))
    async with database.unit_of_work() as records:
        first = await records.posts.find_by_actor(MARA, ["public"], limit=2)
        await records.posts.add(make_post(MARA, artist_pk=MINE, text="new"))
        second = await records.posts.find_by_actor(MARA, ["public"], before=first[-1].pk, limit=2)
        third = await records.posts.find_by_actor(MARA, ["public"], before=second[-1].pk, limit=2)
    assert texts([*first, *second, *third]) == ["4", "3", "2", "1", "0"]


async def test_each_visibility_is_shown_only_where_it_is_asked_for(database: Database) -> None:
    visibilities = ["public", "unlisted", "followers", "direct"]
    await add(database, *(make_post(MARA, artist_pk=MINE, visibility=name, text=name) for name in visibilities))
    async with database.reading() as records:
        assert texts(await records.posts.find_by_actor(MARA, ["public", "unlisted"])) == ["unlisted", "public"]
        assert texts(await records.posts.find_local()) == ["public"]
        assert texts(await records.posts.find_home(MINE)) == ["followers", "unlisted", "public"]
        assert await records.posts.count_by_actor(MARA, ["public"]) == 1
        assert await records.posts.count_local() == 3


async def test_home_is_what_one_follows_and_publishes(database: Database) -> None:
    await add(
        database,
        make_post(THEO, text="followed"),
        make_post(STRANGER, text="requested"),
        make_post(MARA, artist_pk=MINE, text="own"),
    )
    async with database.unit_of_work() as records:
        await records.following.record(make_following(MINE, THEO))
        await records.following.record(make_following(MINE, STRANGER, state="pending"))
        assert texts(await records.posts.find_home(MINE)) == ["own", "followed"]


@pytest.mark.parametrize("gap", [1, PKS_OF_A_DAY // 24, PKS_OF_A_DAY, 7 * PKS_OF_A_DAY, 99 * PKS_OF_A_DAY])
async def test_home_goes_back_to_the_first_post_however_long_nobody_published(database: Database, gap: int) -> None:
    numbers = range(1, 8)
    await add(database, *(make_post(MARA, artist_pk=MINE, pk=number * gap, text=str(number)) for number in numbers))
    seen: list[str] = []
    before: int | None = None
    async with database.reading() as records:
        while page := await records.posts.find_home(MINE, before=before, limit=3):
            seen, before = seen + texts(page), page[-1].pk
    assert seen == ["7", "6", "5", "4", "3", "2", "1"]


async def test_hashtags_are_found_without_case_in_every_script(database: Database) -> None:
    await add(
        database,
        make_post(THEO, text="elsewhere", hashtags=["ink"]),
        make_post(MARA, artist_pk=MINE, text="ink", hashtags=["Ink", "ＩＮＫ", "Straße"]),
        make_post(MARA, artist_pk=MINE, text="both", hashtags=["ink", "水墨"]),
        make_post(MARA, artist_pk=MINE, text="hidden", hashtags=["ink"], visibility="unlisted"),
    )
    async with database.unit_of_work() as records:
        assert texts(await records.posts.find_by_tag("iNK")) == ["both", "ink"]
        assert texts(await records.posts.find_by_tag("STRASSE")) == ["ink"]
        (post,) = await records.posts.find_by_tag("水墨")
        await records.posts.replace_hashtags(post, ["Paper"])
        assert texts(await records.posts.find_by_tag("ink")) == ["ink"]
        assert texts(await records.posts.find_by_tag("paper")) == ["both"]


async def test_replies_are_found_by_what_they_answer(database: Database) -> None:
    await add(database, make_post(THEO, in_reply_to="https://x.example/1", text="reply"), make_post(THEO))
    async with database.reading() as records:
        assert texts(await records.posts.find_replies("https://x.example/1", ["public"])) == ["reply"]
        assert texts(await records.posts.find_replies("https://x.example/1", ["direct"])) == []


async def test_a_tombstone_says_when_and_nothing_else(database: Database) -> None:
    later = NOW + timedelta(hours=1)
    post = make_post(THEO, text="secret", content="<p>secret</p>", content_warning="secret", document="{secret}")
    post.hashtags, post.mentions = ["secret"], [{"name": "secret"}]
    await add(database, post)
    async with database.unit_of_work() as records:
        assert await records.posts.tombstone(post.object_id, later)
        assert not await records.posts.tombstone(post.object_id, later)
        assert not await records.posts.tombstone("https://b.example/other", later)
    async with database.reading() as records:
        left = await records.posts.get(post.object_id)
        assert "secret" not in str(left.model_dump())
        assert (left.deleted_at, left.published_at) == (later, NOW)
        assert await records.posts.find_by_actor(THEO, ["public"]) == []
        assert await records.posts.find_by_tag("secret") == []


async def test_pictures_of_many_posts_take_two_queries(database: Database) -> None:
    posts = [make_post(MARA, artist_pk=MINE) for _ in range(30)]
    await add(database, *posts)
    async with database.unit_of_work() as records:
        for post in posts:
            pictures = [make_attachment(artist_pk=MINE, alt=f"{number}") for number in range(3)]
            for picture in pictures:
                made = [make_rendition(picture.pk, kind, f"{kind}{picture.pk}") for kind in ("web", "federated")]
                await records.attachments.add(picture, made)
            await records.attachments.attach(post.pk, [picture.pk for picture in reversed(pictures)])
    async with database.reading() as records:
        with counted_queries() as queries:
            found = await records.attachments.find_for_posts([post.pk for post in posts])
    assert len(queries) == 2
    assert len(found) == 30
    for pictures_found in found.values():
        assert [picture.attachment.alt for picture in pictures_found] == ["2", "1", "0"]
        assert all(set(picture.renditions) == {"web", "federated"} for picture in pictures_found)


async def test_a_post_without_pictures_has_an_empty_tuple(database: Database) -> None:
    post = make_post(THEO)
    await add(database, post)
    async with database.reading() as records:
        assert await records.attachments.find_for_posts([post.pk]) == {post.pk: ()}
        assert await records.attachments.find_for_posts([]) == {}


async def test_files_stay_while_any_picture_names_them(database: Database) -> None:
    await add(database)
    async with database.unit_of_work() as records:
        first, second = (make_attachment(artist_pk=MINE, original_hash=name) for name in ("o1", "o2"))
        await records.attachments.add(first, [make_rendition(first.pk, "web", "same")])
        await records.attachments.add(second, [make_rendition(second.pk, "web", "same")])
        assert len(await records.attachments.find_by_rendition("same")) == 2
        await records.attachments.remove([first.pk])
        assert await records.attachments.find_used_hashes(["o1", "o2", "same", "other"]) == {"o2", "same"}
        await records.attachments.replace_renditions(second.pk, [make_rendition(second.pk, "web", "new")])
        assert await records.attachments.find_used_hashes(["same", "new"]) == {"new"}


async def test_uploads_that_became_nothing_are_found_after_their_time(database: Database) -> None:
    post = make_post(MARA, artist_pk=MINE)
    await add(database, post)
    async with database.unit_of_work() as records:
        left, used = make_attachment(artist_pk=MINE), make_attachment(artist_pk=MINE)
        await records.attachments.add(left)
        await records.attachments.add(used)
        await records.attachments.attach(post.pk, [used.pk])
        assert await records.attachments.find_abandoned(NOW) == []
        found = await records.attachments.find_abandoned(NOW + timedelta(days=1))
        assert [picture.attachment.pk for picture in found] == [left.pk]
        assert list(await records.attachments.find([used.pk, 404])) == [used.pk]


async def test_answers_are_counted_by_what_they_answer(database: Database) -> None:
    await add(
        database,
        make_post(MARA, object_id="parent", artist_pk=MINE),
        make_post(THEO, object_id="a", in_reply_to="parent"),
        make_post(THEO, object_id="b", in_reply_to="parent", visibility="direct"),
        make_post(THEO, object_id="c", in_reply_to="parent", deleted_at=NOW),
        make_post(THEO, object_id="d", in_reply_to="elsewhere"),
    )
    async with database.reading() as records:
        assert await records.posts.count_replies(["parent", "lonely"], ["public"]) == {"parent": 1}
