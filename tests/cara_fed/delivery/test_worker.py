import asyncio
from datetime import timedelta
from typing import Any

import pytest

from activitypub.keys import PublicKey
from activitypub.signatures import HttpRequest, read_signatures, verify_signature
from cara_fed.asgi import Receive, Scope, Send
from cara_fed.capabilities import placeholder_media_path
from cara_fed.delivery.fan_out import FanOut, Recipients
from cara_fed.delivery.worker import DeliveryWorker
from cara_fed.services import Services
from storage.artists import Artist
from storage.blocklist import BlocklistEntry
from storage.deliveries import CANCELLED, FAILED, QUEUED, SENT, Delivery
from tests.support.clocks import StoryTime
from tests.support.instances import Receiver, add_follower
from tests.support.network import Network
from tests.support.rows import PKS, make_outbox_activity, make_post

THEO = "https://gallery.example/users/theo"
SHARED = "https://gallery.example/inbox"
FILE = "ab" * 32
PLACEHOLDER = f"https://studio.example{placeholder_media_path('n', f'{FILE}.jpg')}".replace("\0", "\\u0000")


@pytest.fixture
def worker(services: Services) -> DeliveryWorker:
    return DeliveryWorker(services)


@pytest.fixture
def gallery(network: Network) -> Receiver:
    return Receiver("gallery.example", network)


async def queue(services: Services, artist: Artist, recipients: Recipients | None = None, **columns: Any) -> int:
    """Queue an activity for the artist's followers; its key."""
    activity = make_outbox_activity(artist.pk, **columns)
    async with services.database.unit_of_work() as records:
        await FanOut.of(services).enqueue(records, activity, recipients or Recipients(followers=True))
    return activity.pk


async def work(worker: DeliveryWorker) -> None:
    while await worker.work_once():
        pass


async def deliveries_of(services: Services, outbox_pk: int) -> list[Delivery]:
    async with services.database.reading() as records:
        return list(await records.deliveries.find_for_outbox(outbox_pk))


async def only_delivery(services: Services, outbox_pk: int) -> Delivery:
    (delivery,) = await deliveries_of(services, outbox_pk)
    return delivery


async def test_a_delivery_is_signed_by_its_artist_and_carries_the_receivers_capability(
    services: Services, mara: Artist, worker: DeliveryWorker, gallery: Receiver, network: Network
) -> None:
    await add_follower(services, mara, THEO)
    pk = await queue(services, mara, body=f'{{"url":"{PLACEHOLDER}"}}'.encode())
    await work(worker)

    assert (await only_delivery(services, pk)).state == SENT
    async with services.database.reading() as records:
        number = await records.hosts.find_number("gallery.example")
        key = await records.keys.get_current(mara.pk, "rsa")
    assert number is not None
    ((path, body),) = gallery.received
    assert path == "/inbox"
    capability = services.capabilities.make(number, "n", FILE)
    assert body == f'{{"url":"https://studio.example/media/{capability}/{FILE}.jpg"}}'.encode()
    (exchange,) = network.exchanges
    headers = tuple((name, value) for name, value in exchange.request.headers.items())
    request = HttpRequest("POST", "/inbox", headers, body, SHARED)
    (signature,) = read_signatures(request)
    public = PublicKey(key.key_id, services.site.actor("mara"), "rsa", key.public_pem)
    verify_signature(request, signature, public, services.clock.now())
    assert dict(headers)["content-type"] == "application/activity+json"
    assert "studio.example" in dict(headers)["user-agent"]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 422, 451])
async def test_a_refusal_for_good_is_kept_with_its_reason(
    services: Services, mara: Artist, worker: DeliveryWorker, gallery: Receiver, status: int
) -> None:
    await add_follower(services, mara, THEO, shared_inbox=None)
    pk = await queue(services, mara)
    gallery.answer(status)
    await work(worker)
    delivery = await only_delivery(services, pk)
    assert (delivery.state, delivery.last_status, delivery.attempts) == (FAILED, status, 1)
    assert str(status) in (delivery.last_error or "")


@pytest.mark.parametrize("status", [301, 401, 408, 429, 500, 502, 503])
async def test_what_may_pass_is_tried_again(
    services: Services, mara: Artist, worker: DeliveryWorker, gallery: Receiver, time: StoryTime, status: int
) -> None:
    await add_follower(services, mara, THEO)
    pk = await queue(services, mara)
    gallery.answer(status)
    await work(worker)
    delivery = await only_delivery(services, pk)
    assert (delivery.state, delivery.last_status) == (QUEUED, status)
    assert timedelta(seconds=48) <= delivery.due_at - time.now <= timedelta(seconds=72)
    time.pass_by(seconds=73)
    await work(worker)
    assert (await only_delivery(services, pk)).state == SENT
    assert len(gallery.received) == 1


async def test_a_host_that_stays_down_is_given_up_after_about_a_week(
    services: Services, mara: Artist, worker: DeliveryWorker, time: StoryTime
) -> None:
    await add_follower(services, mara, THEO)
    pk, start = await queue(services, mara), time.now
    for _ in range(14 * 24):
        await work(worker)
        time.pass_by(hours=1)
    delivery = await only_delivery(services, pk)
    assert delivery.state == FAILED
    assert (delivery.last_error or "").startswith(f"gave up after {delivery.attempts} attempts: gallery.example")
    assert delivery.finished_at is not None
    assert timedelta(days=5) < delivery.finished_at - start < timedelta(days=10)
    assert delivery.attempts >= 12


async def test_retry_after_lets_the_whole_host_rest(
    services: Services, mara: Artist, worker: DeliveryWorker, gallery: Receiver, time: StoryTime
) -> None:
    await add_follower(services, mara, THEO)
    first = await queue(services, mara)
    gallery.answer(429, (b"retry-after", b"7200"))
    await work(worker)
    second = await queue(services, mara)
    async with services.database.unit_of_work() as records:
        await records.deliveries.postpone_host("gallery.example", time.now + timedelta(hours=2))
    for pk in (first, second):
        assert (await only_delivery(services, pk)).due_at == time.now + timedelta(hours=2)
    time.pass_by(hours=2)
    await work(worker)
    assert len(gallery.received) == 2


async def test_a_failing_host_is_left_in_peace_and_revived_by_one_success(
    services: Services, mara: Artist, worker: DeliveryWorker, gallery: Receiver, network: Network, time: StoryTime
) -> None:
    await add_follower(services, mara, THEO)
    network.unplugged.add("gallery.example")
    pks = [await queue(services, mara) for _ in range(20)]
    await work(worker)
    tried = [delivery for pk in pks for delivery in await deliveries_of(services, pk) if delivery.attempts]
    assert 4 <= len(tried) <= 8
    async with services.database.reading() as records:
        host = await records.hosts.get("gallery.example")
    assert host.open_until is not None and host.open_until > time.now

    network.unplugged.clear()
    time.now = host.open_until
    await work(worker)
    assert len(gallery.received) == 20
    async with services.database.reading() as records:
        host = await records.hosts.get("gallery.example")
    assert (host.failures, host.open_until, host.failing_since) == (0, None, None)


async def test_another_hosts_trouble_delays_nobody(
    services: Services, mara: Artist, worker: DeliveryWorker, gallery: Receiver
) -> None:
    await add_follower(services, mara, "https://down.example/users/max")
    await add_follower(services, mara, THEO)
    await queue(services, mara)
    await work(worker)
    assert gallery.paths == ["/inbox"]


async def test_gone_from_a_personal_inbox_forgets_the_follower(
    services: Services, mara: Artist, worker: DeliveryWorker, gallery: Receiver
) -> None:
    await add_follower(services, mara, THEO, shared_inbox=None)
    pk = await queue(services, mara)
    gallery.answer(410)
    await work(worker)
    assert (await only_delivery(services, pk)).state == FAILED
    async with services.database.reading() as records:
        assert await records.followers.count(mara.pk) == 0
    assert await deliveries_of(services, await queue(services, mara)) == []


@pytest.mark.parametrize("status", [410, 404])
async def test_gone_from_a_shared_inbox_falls_back_to_the_personal_ones(
    services: Services, mara: Artist, worker: DeliveryWorker, gallery: Receiver, status: int
) -> None:
    for name in ("theo", "ida"):
        await add_follower(services, mara, f"https://gallery.example/users/{name}")
    await add_follower(services, mara, "https://atelier.example/users/kai", shared_inbox=None)
    followers = services.site.followers("mara")
    gallery.answer(status)
    pk = await queue(services, mara, body=f'{{"to":["{followers}"],"url":"{PLACEHOLDER}"}}'.encode())
    await work(worker)
    assert sorted(gallery.paths) == ["/users/ida/inbox", "/users/theo/inbox"]
    states = {delivery.inbox: delivery.state for delivery in await deliveries_of(services, pk)}
    assert states[SHARED] == FAILED
    await queue(services, mara)
    await work(worker)
    assert len(gallery.received) == 4
    assert "/inbox" not in gallery.paths
    async with services.database.reading() as records:
        assert await records.followers.count(mara.pk) == 3


@pytest.mark.parametrize(("kind", "key"), [("domain", "gallery.example"), ("actor", THEO)])
async def test_who_is_listed_meanwhile_is_skipped_with_the_reason_kept(
    services: Services, mara: Artist, worker: DeliveryWorker, gallery: Receiver, kind: str, key: str
) -> None:
    await add_follower(services, mara, THEO, shared_inbox=None)
    pk = await queue(services, mara)
    entry = BlocklistEntry(
        pk=next(PKS), kind=kind, key=key, policy="reject", reason="feeds a model", created_at=services.clock.now()
    )
    async with services.database.unit_of_work() as records:
        await records.blocklist.add(entry)
        await records.revisions.bump("blocklist")
    await services.blocklist.refresh()
    await work(worker)
    delivery = await only_delivery(services, pk)
    assert (delivery.state, delivery.last_error) == (CANCELLED, f"{key} is listed: feeds a model")
    assert gallery.received == []
    await services.blocklist.flush()
    async with services.database.reading() as records:
        assert [refusal.door for refusal in await records.refusals.find_for_entry(key)] == ["send"]


async def test_what_a_killed_worker_held_is_sent_after_its_lease(
    services: Services, mara: Artist, worker: DeliveryWorker, gallery: Receiver, time: StoryTime
) -> None:
    await add_follower(services, mara, THEO)
    pk = await queue(services, mara)
    async with services.database.unit_of_work() as records:
        assert await records.deliveries.claim(time.now, 65, 10, 4)  # and then the process was killed
    await work(worker)
    assert gallery.received == []
    time.pass_by(seconds=66)
    await work(worker)
    assert len(gallery.received) == 1
    assert (await only_delivery(services, pk)).state == SENT


async def test_several_workers_send_everything_once(services: Services, mara: Artist, network: Network) -> None:
    receivers = [Receiver(f"g{number}.example", network) for number in range(30)]
    for receiver in receivers:
        await add_follower(services, mara, f"https://{receiver.netloc}/users/theo")
    await queue(services, mara)
    await asyncio.gather(*(work(DeliveryWorker(services)) for _ in range(3)))
    assert [len(receiver.received) for receiver in receivers] == [1] * 30


class Slow(Receiver):
    """Answers only when told to, and counts how many wait."""

    def __init__(self, netloc: str, network: Network) -> None:
        super().__init__(netloc, network)
        self.go = asyncio.Event()
        self.waiting = self.most_waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        await self.go.wait()
        self.waiting -= 1
        await super().__call__(scope, receive, send)


async def test_no_host_gets_more_than_its_share_at_a_time(
    services: Services, mara: Artist, worker: DeliveryWorker, network: Network
) -> None:
    slow = Slow("gallery.example", network)
    await add_follower(services, mara, THEO)
    for _ in range(12):
        await queue(services, mara)
    for _ in range(3):
        await worker.work_once()
    assert slow.most_waiting == services.config.federation.deliveries_per_host
    slow.go.set()
    await work(worker)
    assert len(slow.received) == 12
    assert slow.most_waiting == services.config.federation.deliveries_per_host


async def test_all_hosts_together_get_no_more_than_there_are_workers(
    services: Services, mara: Artist, worker: DeliveryWorker, network: Network
) -> None:
    slow = [Slow(f"g{number}.example", network) for number in range(40)]
    for receiver in slow:
        await add_follower(services, mara, f"https://{receiver.netloc}/users/theo")
    await queue(services, mara)
    for _ in range(3):
        await worker.work_once()
    assert sum(receiver.waiting for receiver in slow) == services.config.federation.delivery_workers
    for receiver in slow:
        receiver.go.set()
    await work(worker)
    assert all(receiver.received for receiver in slow)


async def test_a_worker_that_is_stopped_gives_back_what_did_not_end(
    services: Services, mara: Artist, worker: DeliveryWorker, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cara_fed.delivery.worker.STOP_SECONDS", 0.05)
    slow, quick = Slow("gallery.example", network), Receiver("atelier.example", network)
    await add_follower(services, mara, THEO)
    await add_follower(services, mara, "https://atelier.example/users/kai")
    pk = await queue(services, mara)
    task = asyncio.create_task(work(worker))
    while not (slow.waiting and quick.received):
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    left = {delivery.inbox_host: delivery for delivery in await deliveries_of(services, pk)}
    assert left["atelier.example"].state == SENT
    assert (left["gallery.example"].state, left["gallery.example"].attempts) == (QUEUED, 0)
    assert left["gallery.example"].lease_until is None
    slow.go.set()
    await work(DeliveryWorker(services))
    assert len(slow.received) == 1


async def test_an_edit_never_overtakes_what_it_edits(
    services: Services, mara: Artist, worker: DeliveryWorker, gallery: Receiver, time: StoryTime
) -> None:
    await add_follower(services, mara, THEO)
    note = f"{services.site.actor('mara')}/posts/1"
    await queue(services, mara, object_id=note, body=b'"create"')
    gallery.answer(401)
    await work(worker)
    await queue(services, mara, object_id=note, activity_type="Update", body=b'"update"')
    await queue(services, mara, object_id=note, activity_type="Delete", body=b'"delete"')
    await queue(services, mara, body=b'"another"')
    await work(worker)
    assert [body for _, body in gallery.received] == [b'"another"']
    time.pass_by(minutes=5)
    await work(worker)
    assert [body for _, body in gallery.received[1:]] == [b'"create"', b'"update"', b'"delete"']


async def test_a_row_that_breaks_the_worker_is_given_up_in_time(
    services: Services, mara: Artist, gallery: Receiver, worker: DeliveryWorker, time: StoryTime, network: Network
) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("nobody thought of this")

    network.servers["broken.example"] = broken
    await add_follower(services, mara, "https://broken.example/users/max")
    await add_follower(services, mara, THEO)
    pk = await queue(services, mara)
    await work(worker)
    left = {delivery.inbox_host: delivery for delivery in await deliveries_of(services, pk)}
    assert left["gallery.example"].state == SENT
    assert (left["broken.example"].state, left["broken.example"].attempts) == (QUEUED, 1)
    assert left["broken.example"].last_error == "RuntimeError: nobody thought of this"


async def test_an_artist_without_keys_cannot_send(
    services: Services, mara: Artist, gallery: Receiver, worker: DeliveryWorker
) -> None:
    await add_follower(services, mara, THEO)
    pk = await queue(services, mara)
    async with services.database.unit_of_work() as records:
        for key in await records.keys.find_all(mara.pk):
            await records.keys.retire(key.pk, services.clock.now())
    await work(worker)
    delivery = await only_delivery(services, pk)
    assert delivery.state == FAILED
    assert "cannot be signed" in (delivery.last_error or "")


async def test_a_post_that_was_deleted_while_it_was_being_sent_is_not_tried_again(
    services: Services, mara: Artist, gallery: Receiver, worker: DeliveryWorker, time: StoryTime
) -> None:
    await add_follower(services, mara, THEO)
    post = make_post(services.site.actor("mara"), artist_pk=mara.pk)
    async with services.database.unit_of_work() as records:
        await records.posts.add(post)
    pk = await queue(services, mara, object_id=post.object_id)
    gallery.answer(503)
    await work(worker)
    async with services.database.unit_of_work() as records:
        await records.posts.tombstone(post.object_id, time.now)
    time.pass_by(minutes=5)
    await work(worker)
    delivery = await only_delivery(services, pk)
    assert (delivery.state, delivery.last_error) == (CANCELLED, "deleted before it was sent")
    assert gallery.received == []
