"""Polls, reactions, earlier versions, and what is to be told of posts: once for everybody, on both databases."""

from datetime import timedelta

from storage.database import Database
from storage.polls import Poll, PollVote
from storage.post_versions import KEPT, PostVersion
from storage.posts import Post
from storage.records import Records
from tests.support.rows import NOW, PKS, make_artist, make_interaction, make_post

EVE, KEI = "https://far.example/users/eve", "https://pond.example/users/kei"


async def add_post(records: Records, **columns: object) -> Post:
    artist = make_artist(f"mara{next(PKS)}")
    await records.artists.add(artist)
    post = make_post("https://studio.example/users/mara", artist_pk=artist.pk, **columns)
    await records.posts.add(post)
    return post


async def add_poll(records: Records, *, multiple: bool = False) -> Post:
    post = await add_post(records)
    options = [{"name": name, "votes": 0} for name in ("Ink", "Oil", "Clay")]
    poll = Poll(post_pk=post.pk, options=options, multiple=multiple, ends_at=NOW + timedelta(days=1), voters=0)
    await records.polls.add(poll)
    return post


async def test_a_vote_counts_once(database: Database) -> None:
    async with database.unit_of_work() as records:
        single, several = await add_poll(records), await add_poll(records, multiple=True)
        given = [await records.polls.vote(single.pk, EVE, choice, NOW) for choice in (1, 1, 2, 7)]
        more = [await records.polls.vote(several.pk, EVE, choice, NOW) for choice in (1, 1, 2, -1)]
    assert given == [True, False, False, False] and more == [True, False, True, False]
    async with database.reading() as records:
        polls = await records.polls.find_many([single.pk, several.pk])
        chosen = await records.polls.find_choices(EVE, polls)
        assert list(await records.polls.find_voters(several.pk)) == [EVE]
    assert [option["votes"] for option in polls[single.pk].options] == [0, 1, 0]
    assert [option["votes"] for option in polls[several.pk].options] == [0, 1, 1]
    assert (polls[single.pk].voters, polls[several.pk].voters) == (1, 1)
    assert chosen == {single.pk: {1}, several.pk: {1, 2}}


async def test_what_is_over_is_claimed_once(database: Database) -> None:
    async with database.unit_of_work() as records:
        post = await add_poll(records)
        assert not await records.polls.is_anything_over(NOW)
        assert await records.polls.claim_over(NOW, 10) == []
        later = NOW + timedelta(days=2)
        assert await records.polls.is_anything_over(later)
        assert [poll.post_pk for poll in await records.polls.claim_over(later, 10)] == [post.pk]
        assert await records.polls.claim_over(later, 10) == []


async def test_an_update_is_told_once_and_as_soon_as_anybody_asked(database: Database) -> None:
    async with database.unit_of_work() as records:
        post = await add_post(records)
        for minutes in (5, 2, 9):
            await records.post_updates.ask(post.pk, NOW + timedelta(minutes=minutes))
        assert not await records.post_updates.is_anything_due(NOW + timedelta(minutes=1))
        at = NOW + timedelta(minutes=2)
        assert await records.post_updates.is_anything_due(at)
        assert [*await records.post_updates.claim(at, 10), *await records.post_updates.claim(at, 10)] == [post.pk]


async def test_a_tombstone_leaves_nothing_behind(database: Database) -> None:
    async with database.unit_of_work() as records:
        post = await add_poll(records)
        post.quote_id, post.quote_state, post.quote_authorization = (
            "https://a.example/1",
            "accepted",
            "https://a.example/s",
        )
        await records.polls.note_vote(PollVote(post_pk=post.pk, actor_id=KEI, slot=0, choice=0, created_at=NOW))
        await records.post_versions.add(PostVersion(pk=next(PKS), post_pk=post.pk, made_at=NOW, content="before"))
        assert list(await records.quotes.find_by_authorization("https://a.example/s")) == [post]
        assert await records.posts.tombstone(post.object_id, NOW)
    async with database.reading() as records:
        assert await records.polls.find(post.pk) is None
        assert list(await records.polls.find_voters(post.pk)) == []
        assert list(await records.post_versions.find(post.pk)) == []
        assert list(await records.quotes.find_by_authorization("https://a.example/s")) == []


async def test_reactions_are_counted_by_emoji(database: Database) -> None:
    async with database.unit_of_work() as records:
        post = await add_post(records)
        for actor_id, content, picture_url in (
            (EVE, "👍", None),
            (KEI, "👍", None),
            (KEI, ":cat:", "https://a.example/c"),
        ):
            row = make_interaction("emoji", actor_id, post.object_id, content=content, picture_url=picture_url)
            assert await records.interactions.add(row)
        found = (await records.interactions.tally([post.object_id])).reactions[post.object_id]
        assert [(one.content, one.picture_url, one.count) for one in found] == [
            ("👍", None, 2),
            (":cat:", "https://a.example/c", 1),
        ]
        assert await records.interactions.count_of_actor("emoji", KEI, post.object_id) == 2
        assert await records.interactions.remove("emoji", KEI, post.object_id, content=":cat:")
        given = await records.interactions.find_by_actors("emoji", [EVE, KEI], [post.object_id])
        assert [(one.actor_id, one.content) for one in given] == [(EVE, "👍"), (KEI, "👍")]


async def test_versions_are_bounded(database: Database) -> None:
    async with database.unit_of_work() as records:
        post = await add_post(records)
        for number in range(KEPT + 2):
            version = PostVersion(pk=next(PKS), post_pk=post.pk, made_at=NOW, content=str(number))
            await records.post_versions.add(version)
        kept = [int(version.content) for version in await records.post_versions.find(post.pk)]
    assert len(kept) == KEPT and kept[-1] == 0 and kept[0] == KEPT + 1


async def test_a_thread_is_found_by_its_levels(database: Database) -> None:
    async with database.unit_of_work() as records:
        post = await add_post(records)
        answer = make_post(EVE, in_reply_to=post.object_id)
        private = make_post(EVE, in_reply_to=post.object_id, visibility="direct")
        deeper = make_post(KEI, in_reply_to=answer.object_id)
        for row in (answer, private, deeper):
            await records.posts.add(row)
        found = await records.posts.find_answers([post.object_id, answer.object_id], ["public"], limit=10)
        assert [row.object_id for row in found] == [answer.object_id, deeper.object_id]
