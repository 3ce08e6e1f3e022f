"""Stories of polls: everybody votes once and in time, and hears of the end."""

from datetime import timedelta
from typing import Any

import pytest

from activitypub.notes import build_vote
from cara_fed.errors import InvalidInput, NotAllowed
from cara_fed.publishing.close_polls import close_polls
from cara_fed.publishing.drafts import PollDraft
from cara_fed.publishing.keep_away import block_actor
from cara_fed.publishing.tell_updates import tell_updates
from cara_fed.publishing.vote_in_poll import vote_in_poll
from storage.polls import Poll
from storage.posts import Post
from tests.federation.test_company import told, two_friends
from tests.support.fediverse import Fediverse, Instance
from tests.support.strangers import Json, Stranger

INK_OR_OIL = PollDraft(("Ink", "Oil"))


async def find_poll(instance: Instance, object_id: str) -> Poll:
    async with instance.services.database.reading() as records:
        post = await records.posts.find(object_id)
        assert post is not None
        poll = await records.polls.find(post.pk)
        assert poll is not None
        return poll


async def count(instance: Instance, post: Post) -> tuple[list[int], int | None]:
    poll = await find_poll(instance, post.object_id)
    return [option["votes"] for option in poll.options], poll.voters


def vote(eve: Stranger, post: Post, name: str, number: int = 1) -> Json:
    return build_vote(
        activity_id=f"{eve.actor}/votes/{number}", actor_id=eve.actor, question_id=post.object_id,
        author_id=post.actor_id, name=name,
    )  # fmt: skip


async def ask(fediverse: Fediverse, poll: PollDraft = INK_OR_OIL, **choices: Any) -> tuple[Instance, Post]:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    return studio, await studio.publish("mara", "which?", poll=poll, **choices)


async def later(fediverse: Fediverse, **by: float) -> None:
    fediverse.time.now += timedelta(**by)
    await fediverse.settle()


async def test_a_question_travels_and_its_count_comes_back(fediverse: Fediverse) -> None:
    studio, gallery = await two_friends(fediverse)
    watcher = fediverse.stranger("watcher.example")
    await watcher.post(f"{studio.actor('mara')}/inbox", watcher.activity("Follow", studio.actor("mara")))
    await fediverse.settle()
    post = await studio.publish("mara", "which?", poll=PollDraft(("Ink", "Oil"), lasts=timedelta(hours=1)))
    await fediverse.settle()
    question = next(one for one in watcher.documents_received() if one["type"] == "Create")["object"]
    assert question["type"] == "Question" and question["endTime"] and "anyOf" not in question
    assert [(one["name"], one["replies"]["totalItems"]) for one in question["oneOf"]] == [("Ink", 0), ("Oil", 0)]

    there = await gallery.find_post(post.object_id)
    assert there is not None
    await vote_in_poll(gallery.services, await gallery.artist("theo"), there.pk, [1])
    await watcher.post(studio.shared_inbox, vote(watcher, post, "Oil"))
    await fediverse.settle()
    assert await count(studio, post) == ([0, 2], 2)
    assert await count(gallery, post) == ([0, 0], 0)
    assert not [one for one in watcher.documents_received() if one["type"] == "Update"]
    await later(fediverse, minutes=3)
    assert await count(gallery, post) == ([0, 2], 2)
    updates = [one for one in watcher.documents_received() if one["type"] == "Update"]
    assert len(updates) == 1 and updates[0]["object"]["votersCount"] == 2 and "closed" not in updates[0]["object"]
    assert ("edit", studio.actor("mara")) not in await told(gallery, "theo")

    await later(fediverse, hours=1)
    last = [one for one in watcher.documents_received() if one["type"] == "Update"][-1]["object"]
    assert last["closed"] == last["endTime"]
    assert ("poll", studio.actor("mara")) in await told(studio, "mara")
    assert ("poll", studio.actor("mara")) in await told(gallery, "theo")
    arrived = await gallery.find_post(post.object_id)
    assert arrived is not None and arrived.updated_at is None


async def test_nobody_votes_twice_or_for_what_was_not_asked(fediverse: Fediverse) -> None:
    studio, post = await ask(fediverse)
    eve = fediverse.stranger("far.example")
    for number, name in enumerate(["Oil", "Ink", "Oil", "Chalk"]):
        await eve.post(studio.shared_inbox, vote(eve, post, name, number))
    await fediverse.settle()
    assert await count(studio, post) == ([0, 1], 1)
    assert await studio.inbox_states() == {"handled": 1, "ignored": 3}
    assert await studio.find_post(f"{eve.actor}/votes/0#vote") is None


async def test_several_answers_count_one_voter(fediverse: Fediverse) -> None:
    studio, post = await ask(fediverse, PollDraft(("Ink", "Oil", "Chalk"), multiple=True))
    eve = fediverse.stranger("far.example")
    for number, name in enumerate(["Oil", "Chalk", "Oil"]):
        await eve.post(studio.shared_inbox, vote(eve, post, name, number))
    await fediverse.settle()
    assert await count(studio, post) == ([0, 1, 1], 1)


async def test_voters_elsewhere_who_do_not_follow_get_the_count(fediverse: Fediverse) -> None:
    studio, post = await ask(fediverse)
    eve = fediverse.stranger("far.example")
    await eve.post(studio.shared_inbox, vote(eve, post, "Ink"))
    await fediverse.settle()
    await later(fediverse, minutes=3)
    assert [one["type"] for one in eve.documents_received()] == ["Update"]


async def test_after_the_end_and_from_the_blocked_no_vote_counts(fediverse: Fediverse) -> None:
    studio, post = await ask(fediverse, PollDraft(("Ink", "Oil"), lasts=timedelta(minutes=5)))
    eve, kei = fediverse.stranger("far.example"), fediverse.stranger("pond.example", "kei")
    await block_actor(studio.services, await studio.artist("mara"), eve.actor)
    await eve.post(studio.shared_inbox, vote(eve, post, "Ink"))
    await fediverse.settle()
    fediverse.time.now += timedelta(minutes=5)
    await kei.post(studio.shared_inbox, vote(kei, post, "Ink"))
    await studio.inbox_worker.work_once()
    assert await count(studio, post) == ([0, 0], 0)


async def test_only_who_sees_a_question_answers_it(fediverse: Fediverse) -> None:
    studio, post = await ask(fediverse, visibility="followers")
    eve = fediverse.stranger("far.example")
    await eve.post(studio.shared_inbox, vote(eve, post, "Ink"))
    await fediverse.settle()
    assert await count(studio, post) == ([0, 0], 0)
    await eve.post(f"{studio.actor('mara')}/inbox", eve.activity("Follow", studio.actor("mara")))
    await eve.post(studio.shared_inbox, vote(eve, post, "Ink", 2))
    await fediverse.settle()
    assert await count(studio, post) == ([1, 0], 1)


async def test_artists_of_one_instance_vote_and_the_asker_does_not(fediverse: Fediverse) -> None:
    studio, post = await ask(fediverse)
    await studio.add_artist("theo")
    theo, mara = await studio.artist("theo"), await studio.artist("mara")
    with pytest.raises(InvalidInput):
        await vote_in_poll(studio.services, theo, post.pk, [7])
    await vote_in_poll(studio.services, theo, post.pk, [0, 1])
    assert await count(studio, post) == ([1, 0], 1)
    for artist in (theo, mara):
        with pytest.raises(NotAllowed):
            await vote_in_poll(studio.services, artist, post.pk, [1])
    await later(fediverse, days=2)
    assert ("poll", studio.actor("mara")) in await told(studio, "theo")
    await studio.add_artist("kei")
    with pytest.raises(NotAllowed):
        await vote_in_poll(studio.services, await studio.artist("kei"), post.pk, [1])


async def test_a_poll_is_closed_by_whoever_comes_next_and_once(fediverse: Fediverse) -> None:
    studio, _ = await ask(fediverse)
    fediverse.time.now += timedelta(days=2)
    worked = [await close_polls(studio.services), await close_polls(studio.services)]
    assert worked == [True, False]
    # Killed between the two: what is still to be told stands in a row.
    assert [await tell_updates(studio.services), await tell_updates(studio.services)] == [True, False]
    assert await told(studio, "mara") == [("poll", studio.actor("mara"))]


async def test_other_options_forget_who_voted(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    mara, eve = await studio.add_artist("mara"), fediverse.stranger("far.example")
    mention = [{"type": "Mention", "href": mara}]
    options = [{"type": "Note", "name": name, "replies": {"totalItems": 3}} for name in ("Ink", "Oil")]
    question = {**eve.note(1), "type": "Question", "tag": mention, "oneOf": options, "endTime": "2026-12-24T00:00:00Z"}
    await eve.post(studio.shared_inbox, eve.activity("Create", question))
    await fediverse.settle()
    post = await studio.find_post(question["id"])
    assert post is not None
    await vote_in_poll(studio.services, await studio.artist("mara"), post.pk, [0])
    await fediverse.settle()
    sent = eve.documents_received()[-1]["object"]
    assert (sent["name"], sent["inReplyTo"], sent["to"]) == ("Ink", question["id"], [eve.actor])
    assert "content" not in sent

    others = {**question, "oneOf": [{"type": "Note", "name": "Clay"}, options[1]], "content": "<p>what?</p>"}
    await eve.post(studio.shared_inbox, eve.activity("Update", others))
    await fediverse.settle()
    await vote_in_poll(studio.services, await studio.artist("mara"), post.pk, [1])
    closed = {**others, "closed": "2026-11-22T12:00:00Z"}
    await eve.post(studio.shared_inbox, eve.activity("Update", closed, 2))
    await fediverse.settle()
    assert ("poll", eve.actor) in await told(studio, "mara")


async def test_what_nobody_could_vote_in_is_refused(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    unusable = [
        PollDraft(("Ink",)),
        PollDraft(tuple("abcdefghi")),
        PollDraft(("Ink", "ink ")),
        PollDraft(("Ink", " ")),
        PollDraft(("Ink", "O" * 101)),
        PollDraft(("Ink", "Oil"), lasts=timedelta(minutes=1)),
        PollDraft(("Ink", "Oil"), lasts=timedelta(days=31)),
    ]
    for poll in unusable:
        with pytest.raises(InvalidInput):
            await studio.publish("mara", "which?", poll=poll)
    with pytest.raises(InvalidInput):
        await studio.publish("mara", "", poll=INK_OR_OIL)
