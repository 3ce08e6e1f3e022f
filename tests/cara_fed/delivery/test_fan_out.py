import json
from typing import Any

import pytest

from cara_fed.capabilities import placeholder_media_path
from cara_fed.delivery.fan_out import FanOut, Recipients
from cara_fed.services import Services
from storage.artists import Artist
from storage.blocklist import BlocklistEntry
from storage.deliveries import Delivery
from tests.support.instances import add_follower
from tests.support.rows import NOW, PKS, make_outbox_activity, make_remote_actor

FOLLOWERS = Recipients(followers=True)


async def enqueue(services: Services, artist: Artist, recipients: Recipients, **columns: Any) -> list[Delivery]:
    activity = make_outbox_activity(artist.pk, **columns)
    async with services.database.unit_of_work() as records:
        count = await FanOut.of(services).enqueue(records, activity, recipients)
        queued = await records.deliveries.find_for_outbox(activity.pk)
    assert len(queued) == count
    return list(queued)


async def list_entry(services: Services, kind: str, key: str, policy: str = "reject") -> None:
    entry = BlocklistEntry(pk=next(PKS), kind=kind, key=key, policy=policy, reason="feeds a model", created_at=NOW)
    async with services.database.unit_of_work() as records:
        await records.blocklist.add(entry)
        await records.revisions.bump("blocklist")
    await services.blocklist.refresh()


async def refused(services: Services, key: str) -> int:
    await services.blocklist.flush()
    async with services.database.reading() as records:
        return sum(refusal.count for refusal in await records.refusals.find_for_entry(key))


async def test_followers_on_one_server_share_a_delivery(services: Services, mara: Artist) -> None:
    for name in ("theo", "ida", "lou"):
        await add_follower(services, mara, f"https://gallery.example/users/{name}")
    await add_follower(services, mara, "https://atelier.example/users/kai", shared_inbox=None)
    queued = await enqueue(services, mara, FOLLOWERS)
    assert {(delivery.inbox, delivery.receiver_actor_id) for delivery in queued} == {
        ("https://gallery.example/inbox", None),
        ("https://atelier.example/users/kai/inbox", "https://atelier.example/users/kai"),
    }


async def test_what_concerns_one_person_goes_to_their_own_inbox(services: Services, mara: Artist) -> None:
    theo = "https://gallery.example/users/theo"
    await add_follower(services, mara, theo)
    (delivery,) = await enqueue(services, mara, Recipients(actor_ids=(theo, theo), personal=True))
    assert (delivery.inbox, delivery.receiver_actor_id) == (f"{theo}/inbox", theo)


async def test_the_capability_belongs_to_the_actors_server_and_not_to_the_inboxs(
    services: Services, mara: Artist
) -> None:
    relayed = "https://relay.example:8443/inbox"
    await add_follower(services, mara, "https://gallery.example/users/theo", shared_inbox=relayed)
    await add_follower(services, mara, "https://atelier.example/users/kai", shared_inbox=relayed)
    queued = await enqueue(services, mara, FOLLOWERS)
    assert {(delivery.inbox_host, delivery.receiver_netloc) for delivery in queued} == {
        ("relay.example:8443", "gallery.example"),
        ("relay.example:8443", "atelier.example"),
    }


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("domain", "scraper.example"),
        ("domain", "cdn.scraper.example"),
        ("actor", "https://cdn.scraper.example/users/eve"),
    ],
)
async def test_who_is_listed_is_never_enqueued_and_that_is_counted(
    services: Services, mara: Artist, kind: str, key: str
) -> None:
    await add_follower(services, mara, "https://cdn.scraper.example/users/eve")
    await add_follower(services, mara, "https://gallery.example/users/theo")
    await list_entry(services, kind, key)
    assert [delivery.inbox_host for delivery in await enqueue(services, mara, FOLLOWERS)] == ["gallery.example"]
    assert await refused(services, key) == 1


async def test_nobody_is_reached_through_an_inbox_on_a_listed_host(services: Services, mara: Artist) -> None:
    await add_follower(services, mara, "https://mirror.example/users/max", shared_inbox="https://scraper.example/in")
    await list_entry(services, "domain", "scraper.example")
    assert await enqueue(services, mara, FOLLOWERS) == []


async def test_a_listed_actor_does_not_cut_off_the_others_on_the_server(services: Services, mara: Artist) -> None:
    await add_follower(services, mara, "https://gallery.example/users/eve")
    await add_follower(services, mara, "https://gallery.example/users/theo")
    await list_entry(services, "actor", "https://gallery.example/users/eve")
    assert [delivery.inbox for delivery in await enqueue(services, mara, FOLLOWERS)] == [
        "https://gallery.example/inbox"
    ]


async def test_filtered_servers_still_receive(services: Services, mara: Artist) -> None:
    await add_follower(services, mara, "https://loud.example/users/max")
    await list_entry(services, "domain", "loud.example", policy="filter")
    assert len(await enqueue(services, mara, FOLLOWERS)) == 1


async def test_an_artist_of_this_instance_gets_it_in_the_inbox_log(services: Services, mara: Artist) -> None:
    ida, id = services.site.actor("ida"), "https://studio.example/activities/1"
    body = json.dumps({"id": id, "type": "Like", "object": {"type": "Note"}}).encode()
    recipients = Recipients(actor_ids=(ida,), personal=True)
    assert await enqueue(services, mara, recipients, activity_id=id, body=body) == []
    async with services.database.reading() as records:
        row = await records.inbox_log.find(id)
    assert row is not None
    assert (row.actor_id, row.recipient, row.object_type) == (services.site.actor("mara"), "ida", "Note")


async def test_an_unknown_actor_gets_nothing(services: Services, mara: Artist) -> None:
    gone = make_remote_actor("https://gallery.example/users/gone", gone_at=NOW)
    async with services.database.unit_of_work() as records:
        await records.remote_actors.record(gone)
    unknown = Recipients(actor_ids=("https://gallery.example/users/new", gone.actor_id))
    assert await enqueue(services, mara, unknown) == []


async def due_after(services: Services, mara: Artist, body: bytes) -> list[float]:
    """How many seconds from now each of 45 servers gets this."""
    for number in range(45):
        await add_follower(services, mara, f"https://s{number}.example/users/theo")
    now = services.clock.now()
    return [(each.due_at - now).total_seconds() for each in await enqueue(services, mara, FOLLOWERS, body=body)]


async def test_servers_hear_of_pictures_one_group_a_second(services: Services, mara: Artist) -> None:
    picture = services.site.base + placeholder_media_path("n", "0" * 64 + ".jpg")
    waits = await due_after(services, mara, json.dumps({"url": picture}).encode())
    assert [sum(round(wait) == second for wait in waits) for second in range(4)] == [20, 20, 5, 0]


async def test_what_shows_no_pictures_goes_out_at_once(services: Services, mara: Artist) -> None:
    assert {round(wait) for wait in await due_after(services, mara, b'{"content": "words"}')} == {0}
