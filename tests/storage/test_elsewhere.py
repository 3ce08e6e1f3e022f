"""What is known of elsewhere: actors, their keys, their hosts, and what they do with our posts."""

import asyncio
from datetime import timedelta

import pytest

from storage.database import Database
from storage.errors import NotFound
from storage.remote_keys import RemoteKey
from tests.support.rows import NOW, make_artist, make_interaction, make_outbox_activity, make_remote_actor

THEO, LENA = "https://b.example/users/theo", "https://c.example/users/lena"
POST = "https://studio.example/users/mara/posts/1"
LATER = NOW + timedelta(hours=1)


def make_remote_key(number: int, actor_id: str = THEO, pem: str = "pem") -> RemoteKey:
    return RemoteKey(key_id=f"{actor_id}#key-{number}", actor_id=actor_id, algorithm="rsa", pem=pem, fetched_at=NOW)


async def test_an_actor_fetched_again_keeps_its_key_and_changes_the_rest(database: Database) -> None:
    async with database.unit_of_work() as records:
        first = await records.remote_actors.record(make_remote_actor(THEO, display_name="Theo", also_known_as=["a"]))
        second = await records.remote_actors.record(make_remote_actor(THEO, display_name="T.", fetched_at=LATER))
        assert (second.pk, second.display_name, second.also_known_as) == (first.pk, "T.", [])
        assert await records.remote_actors.count() == 1
    async with database.reading() as records:
        assert (await records.remote_actors.get(THEO)).fetched_at == LATER
        with pytest.raises(NotFound):
            await records.remote_actors.get(LENA)


async def test_an_actor_is_found_by_its_handle_without_case(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.remote_actors.record(make_remote_actor(THEO, name="Theo", domain="art.example"))
        await records.remote_actors.record(make_remote_actor(LENA))
        found = await records.remote_actors.find_by_handle("tHEO", "ART.example")
        assert found is not None
        assert found.actor_id == THEO
        assert await records.remote_actors.find_by_handle("theo", "b.example") is None
        assert set(await records.remote_actors.find_many([THEO, LENA, "https://x.example/y"])) == {THEO, LENA}
        assert await records.remote_actors.count_netlocs() == 2


async def test_who_is_gone_receives_nothing_and_can_be_forgotten(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.remote_actors.record(make_remote_actor(THEO))
        await records.remote_actors.record(make_remote_actor(LENA, shared_inbox=None))
        assert await records.remote_actors.mark_gone(THEO, NOW)
        assert not await records.remote_actors.mark_gone("https://x.example/never", NOW)
        inboxes = await records.remote_actors.find_inboxes([THEO, LENA])
        assert [(inbox.actor_id, inbox.shared_inbox) for inbox in inboxes] == [(LENA, None)]
        assert await records.remote_actors.remove(THEO)
        assert not await records.remote_actors.remove(THEO)


async def test_keys_of_an_actor_are_those_it_named_last(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.remote_keys.record(make_remote_key(1, LENA))
        await records.remote_keys.replace_for_actor(THEO, [make_remote_key(1), make_remote_key(2)])
        await records.remote_keys.replace_for_actor(THEO, [make_remote_key(2, pem="rotated")])
        assert [key.pem for key in await records.remote_keys.find_for_actor(THEO)] == ["rotated"]
        assert await records.remote_keys.find(f"{THEO}#key-1") is None
        assert await records.remote_keys.find(f"{LENA}#key-1") is not None


async def test_a_hosts_number_is_the_same_for_all_who_ask_at_once(database: Database) -> None:
    async def ask(netloc: str) -> int:
        async with database.unit_of_work() as records:
            return await records.hosts.number_for(netloc, NOW)

    numbers = await asyncio.gather(*(ask(f"h{number % 3}.example") for number in range(12)))
    assert len(set(numbers)) == 3
    assert min(numbers) >= 1
    async with database.reading() as records:
        host = await records.hosts.find_by_number(numbers[0])
        assert host is not None
        assert (host.netloc, host.number) == ("h0.example", numbers[0])
        assert len(await records.hosts.find_all()) == 3
        assert await records.hosts.find_number("never.example") is None


async def test_failures_are_counted_from_the_first_and_one_success_ends_them(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.hosts.record_failure("b.example", NOW)
        host = await records.hosts.record_failure("b.example", LATER, open_until=LATER + timedelta(hours=1))
        assert (host.failures, host.failing_since, host.open_until) == (2, NOW, LATER + timedelta(hours=1))
        await records.hosts.record_failure("c.example", LATER)
        assert [host.netloc for host in await records.hosts.find_failing()] == ["b.example", "c.example"]
        assert [host.netloc for host in await records.hosts.find_failing(since=NOW)] == ["b.example"]
        assert await records.hosts.record_success("b.example")
        assert not await records.hosts.record_success("b.example")
        assert [host.netloc for host in await records.hosts.find_failing()] == ["c.example"]


async def test_what_a_host_understands_is_remembered_with_its_age(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.hosts.number_for("b.example", NOW)
        await records.hosts.record_signature_generation("b.example", "rfc9421", LATER)
        await records.hosts.record_software("b.example", "mastodon 4.5")
        host = await records.hosts.get("b.example")
        assert (host.signature_generation, host.signature_seen_at) == ("rfc9421", LATER)
        assert host.software == "mastodon 4.5"


async def test_a_like_counts_once_however_often_it_comes(database: Database) -> None:
    async with database.unit_of_work() as records:
        assert await records.interactions.add(make_interaction("like", THEO, POST))
        assert not await records.interactions.add(make_interaction("like", THEO, POST))
        assert await records.interactions.add(make_interaction("like", LENA, POST))
        assert await records.interactions.add(make_interaction("emoji", THEO, POST, content="🖤"))
        assert await records.interactions.add(make_interaction("emoji", THEO, POST, content="🎨"))
        assert await records.interactions.count([POST, "https://x.example/1"]) == {
            (POST, "like"): 2,
            (POST, "emoji"): 2,
        }
        assert [row.actor_id for row in await records.interactions.find_page(POST, "like")] == [LENA, THEO]


async def test_an_interaction_is_taken_back_by_its_own_actor_only(database: Database) -> None:
    announce = make_interaction("announce", THEO, POST)
    async with database.unit_of_work() as records:
        await records.interactions.add(announce)
        assert not await records.interactions.remove_by_activity(announce.activity_id, LENA)
        assert await records.interactions.remove_by_activity(announce.activity_id, THEO)
        await records.interactions.add(make_interaction("like", THEO, POST))
        assert not await records.interactions.remove("like", LENA, POST)
        assert await records.interactions.remove("like", THEO, POST)
        assert await records.interactions.find("like", THEO, POST) is None


async def test_sent_activities_are_paged_by_type_and_audience(database: Database) -> None:
    mara = make_artist("mara")
    async with database.unit_of_work() as records:
        await records.artists.add(mara)
        for audience, kind in (
            ("public", "Create"),
            ("followers", "Create"),
            ("public", "Update"),
            ("public", "Create"),
        ):
            activity = make_outbox_activity(mara.pk, audience=audience, activity_type=kind, object_id=POST)
            await records.outbox_log.add(activity)
        page = await records.outbox_log.find_page(mara.pk, ["Create"], ["public"], limit=1)
        rest = await records.outbox_log.find_page(mara.pk, ["Create"], ["public"], before=page[0].pk)
        assert page[0].pk > rest[0].pk
        assert (len(rest), await records.outbox_log.count(mara.pk, ["Create"], ["public"])) == (1, 2)
        assert len(await records.outbox_log.find_for_object(POST)) == 4
        assert set(await records.outbox_log.find_many([page[0].pk, 404])) == {page[0].pk}
        assert await records.outbox_log.find(page[0].activity_id) is page[0]
        with pytest.raises(NotFound):
            await records.outbox_log.get(404)
