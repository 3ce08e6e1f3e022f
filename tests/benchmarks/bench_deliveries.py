"""Deliveries per CPU-second, from fan-out to the last row, against the RSA-2048 signatures that the machine can make.

Run it with ``python -m tests.benchmarks.bench_deliveries [--count N] [--hosts N] [--profile]``. A post of four pictures
is published again and again to followers on many hosts of loopback, each behind one shared inbox; the receivers are a
process of their own and verify nothing.
"""

import argparse
import asyncio
import cProfile
import multiprocessing
import pstats
import timeit
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.connection import Connection

from activitypub.activities import build_create
from activitypub.documents import Json, dump_document
from activitypub.vocabulary import CONTEXT, PUBLIC
from cara_fed.capabilities import placeholder_media_path
from cara_fed.delivery.fan_out import FanOut, Recipients
from cara_fed.delivery.worker import DeliveryWorker
from cara_fed.services import Services
from storage.follows import ACCEPTED, Follower
from storage.outbox_log import OutboxActivity
from storage.remote_actors import RemoteActor
from tests.benchmarks.measuring import RsaMeter, Stopwatch, open_instance, rss_mib, run, say

ACCEPTED_ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
FOLLOWERS_PER_HOST = 3
WARM_UP_POSTS = 2
POSTS_AT_ONCE = 4
PROFILE_LINES = 60
# A busy instance's settings, and no waiting for the sake of those who fetch the pictures.
FEDERATION = {"delivery_workers": 64, "deliveries_per_second": 100_000}
REPEATS = 2000


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run came to: rates per CPU-second, and memory in MiB after each part."""

    limit: float
    per_second: float
    best: float
    substitution_microseconds: float
    memory: list[float]


class _Inbox(asyncio.Protocol):
    """Answers 202 whenever a whole request has come."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if separator and len(body) >= int(length or 0):
            self.buffer = b""
            self.transport.write(ACCEPTED_ANSWER)  # type: ignore[attr-defined]


def _receive(port_to: Connection, hosts: list[str]) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        first = await loop.create_server(_Inbox, hosts[0], 0)
        port = first.sockets[0].getsockname()[1]
        await loop.create_server(_Inbox, hosts[1:], port)
        port_to.send(port)
        await first.serve_forever()

    asyncio.run(serve())


@asynccontextmanager
async def _receivers(hosts: list[str]) -> AsyncIterator[int]:
    port_from, port_to = multiprocessing.Pipe(duplex=False)
    receiver = multiprocessing.Process(target=_receive, args=(port_to, hosts), daemon=True)
    receiver.start()
    try:
        yield port_from.recv()
    finally:
        receiver.terminate()
        receiver.join()


async def _add_followers(services: Services, netlocs: list[str]) -> None:
    now, clock = services.clock.now(), services.clock
    async with services.database.unit_of_work() as records:
        artist = await records.artists.get("mara")
        for netloc in netlocs:
            for number in range(FOLLOWERS_PER_HOST):
                actor_id, shared = f"http://{netloc}/users/f{number}", f"http://{netloc}/inbox"
                known = RemoteActor(
                    pk=clock.new_pk(),
                    actor_id=actor_id,
                    netloc=netloc,
                    inbox=f"{actor_id}/inbox",
                    shared_inbox=shared,
                    document="{}",
                    fetched_at=now,
                )
                await records.remote_actors.record(known)
                follow = Follower(
                    pk=clock.new_pk(),
                    artist_pk=artist.pk,
                    actor_id=actor_id,
                    state=ACCEPTED,
                    follow_id=f"{actor_id}/follows/1",
                    created_at=now,
                )
                await records.followers.record(follow)


def _note(services: Services, pk: int) -> Json:
    site = services.site
    pictures = [f"{site.base}{placeholder_media_path('n', f'{number:064x}.jpg')}" for number in range(4)]
    return {
        "@context": CONTEXT,
        "id": site.post("mara", pk),
        "type": "Note",
        "attributedTo": site.actor("mara"),
        "to": [PUBLIC],
        "cc": [site.followers("mara")],
        "published": "2026-11-22T11:00:00Z",
        "content": "<p>" + "A new picture. " * 60 + "</p>",
        "attachment": [{"type": "Image", "url": url, "name": "a hill in the evening"} for url in pictures],
    }


async def _publish(services: Services) -> int:
    async with services.database.unit_of_work() as records:
        artist = await records.artists.get("mara")
        pk = services.clock.new_pk()
        create = build_create(_note(services, pk), activity_id=services.site.create("mara", pk))
        activity = OutboxActivity(
            pk=services.clock.new_pk(),
            activity_id=create["id"],
            artist_pk=artist.pk,
            activity_type="Create",
            object_id=create["object"]["id"],
            body=dump_document(create),
            audience="public",
            created_at=services.clock.now(),
        )
        return await FanOut.of(services).enqueue(records, activity, Recipients(followers=True))


async def _deliver(services: Services, worker: DeliveryWorker, posts: int) -> int:
    """Publish, and send until nothing is left; how many deliveries that were."""
    queued = 0
    for _ in range(posts):
        queued += await _publish(services)
    while await worker.work_once():
        pass
    return queued


async def _require_sent(services: Services, count: int) -> None:
    async with services.database.reading() as records:
        counts = await records.deliveries.count(services.clock.now())
    assert counts.sent == count, counts


def _measure_substitution(services: Services) -> float:
    body = dump_document(build_create(_note(services, 1), activity_id=services.site.create("mara", 1)))
    step = timeit.repeat(lambda: services.capabilities.substitute(body, 4711), number=REPEATS, repeat=5)
    return min(step) / REPEATS * 1e6


async def measure(count: int, hosts: int, profile: cProfile.Profile | None = None) -> Figures:
    """Send about ``count`` deliveries to ``hosts`` hosts."""
    addresses = [f"127.0.0.{number}" for number in range(1, hosts + 1)]
    async with _receivers(addresses) as port, open_instance(**FEDERATION) as services:
        await _add_followers(services, [f"{address}:{port}" for address in addresses])
        worker, meter, watch, memory = DeliveryWorker(services), RsaMeter(), Stopwatch(), list[float]()
        sent = await _deliver(services, worker, WARM_UP_POSTS)
        while watch.done < count:
            meter.sample()
            with watch.running(POSTS_AT_ONCE * hosts), profile or nullcontext():
                await _deliver(services, worker, POSTS_AT_ONCE)
            memory.append(rss_mib())
        await _require_sent(services, sent + watch.done)
        return Figures(meter.sign_rate, watch.rate, watch.best, _measure_substitution(services), memory)


def main() -> None:
    """Measure, and print the figures beside the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=3000, help="deliveries in all")
    parser.add_argument("--hosts", type=int, default=50, help="receiving hosts, 1 to 250")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    profile = cProfile.Profile() if options.profile else None
    figures = run(measure(options.count, options.hosts, profile))
    share = figures.substitution_microseconds * figures.per_second / 1e6
    say("RSA-2048 signatures", figures.limit, "per CPU-second")
    ratio = figures.per_second / figures.limit
    say("deliveries", figures.per_second, "per CPU-second", f"{ratio:.0%} of the limit; aim 40 %")
    say("deliveries, undisturbed", figures.best, "per CPU-second", f"{figures.best / figures.limit:.0%} of the limit")
    say("capabilities of four pictures", figures.substitution_microseconds, "µs", f"{share:.1%} of a delivery; aim 5 %")
    say("memory after a tenth", figures.memory[len(figures.memory) // 10], "MiB")
    say("memory at the end", figures.memory[-1], "MiB")
    if profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(PROFILE_LINES)


if __name__ == "__main__":
    main()
