"""Real processes killed in the middle of their work: afterwards everything is there, or nothing is."""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import col, update

from activitypub.audience import Visibility
from cara_fed.clock import Clock
from cara_fed.config import load_config
from cara_fed.demo.instances import DemoInstance, make_instance, until
from storage.deliveries import SENT, Delivery
from storage.media import open_media
from storage.records import Records
from tests.support.instances import jpeg
from tests.support.rows import make_follower, make_remote_actor

FOLLOWERS = 40
PICTURES = 3


@dataclass
class Inboxes:
    """Other people's server, on a port of its own: takes everything, a little slowly."""

    port: int = 0
    received: Counter[str] = field(default_factory=Counter)

    def actor(self, number: int) -> str:
        return f"http://127.0.0.1:{self.port}/users/p{number}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().lower().split("\r\n")
                length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length:"))
                await reader.readexactly(length)
                self.received[lines[0].split()[1]] += 1
                await asyncio.sleep(0.03)
                writer.write(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def other_server() -> AsyncIterator[Inboxes]:
    inboxes = Inboxes()
    server = await asyncio.start_server(inboxes.answer, "127.0.0.1", 0)
    inboxes.port = server.sockets[0].getsockname()[1]
    async with server:
        yield inboxes


async def make_studio(tmp_path: Path, inboxes: Inboxes) -> DemoInstance:
    """An instance on which mara has many followers, each with an inbox of their own."""
    studio = make_instance(tmp_path / "studio", "The studio", "localhost")
    await studio.run("artist", "add", "mara")
    async with studio.database() as database, database.unit_of_work() as records:
        mara = await records.artists.get("mara")
        for number in range(FOLLOWERS):
            actor = make_remote_actor(inboxes.actor(number), shared_inbox=None)
            await records.remote_actors.record(actor)
            await records.followers.record(make_follower(mara.pk, actor.actor_id))
    return studio


async def begin_post(studio: DemoInstance, files: list[Path]) -> Process:
    images = [argument for file in files for argument in ("--image", str(file), "--alt", file.name)]
    command = ("post", "mara", "--text", "killed?", "--report", *images, "--config", str(studio.config))
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cara_fed", *command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
    )


async def kill_after(process: Process, lines: int, seconds: float) -> None:
    """Kill it when it has told so many steps of its work, and a moment after that."""
    assert process.stderr is not None
    for _ in range(lines):
        if not await process.stderr.readline():
            break
    await asyncio.sleep(seconds)
    if process.returncode is None:
        process.kill()
    await process.wait()


async def count_whole_posts(studio: DemoInstance) -> int:
    """Every post that there is has all that belongs to it; how many posts."""
    config = load_config(studio.config)
    media = open_media(str(config.resolve(config.storage.media)))
    async with studio.database() as database, database.reading() as records:
        posts = await records.posts.find_by_actor(studio.actor("mara"), tuple(Visibility), limit=100)
        for post in posts:
            (create,) = await records.outbox_log.find_for_object(post.object_id)
            assert len(await records.deliveries.find_for_outbox(create.pk)) == FOLLOWERS
            pictures = (await records.attachments.find_for_posts([post.pk]))[post.pk]
            assert len(pictures) == PICTURES
            for picture in pictures:
                assert await media.exists("private", picture.attachment.original_hash or "")
                for rendition in picture.renditions.values():
                    name = f"{rendition.hash}.{rendition.extension}"
                    assert await media.size("public", name) == rendition.byte_size
        counts = await records.deliveries.count(Clock().now())
    assert counts.queued + counts.sent == FOLLOWERS * len(posts)
    return len(posts)


async def test_a_publish_that_is_killed_leaves_a_whole_post_or_none(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.jpg" for number in range(PICTURES)]
    for number, file in enumerate(files):
        file.write_bytes(jpeg(200 + number, 100))
    rng = random.Random(4)
    async with other_server() as inboxes:
        studio = await make_studio(tmp_path, inboxes)
        for steps in (20, 40, 42):
            process = await begin_post(studio, files)
            await kill_after(process, steps, rng.uniform(0, 0.06))
            await count_whole_posts(studio)
        before = await count_whole_posts(studio)
        process = await begin_post(studio, files)
        await process.communicate()
        assert process.returncode == 0
        assert await count_whole_posts(studio) == before + 1


async def test_deliveries_that_are_killed_arrive_with_at_most_one_duplicate(tmp_path: Path) -> None:
    async with other_server() as inboxes:
        studio = await make_studio(tmp_path, inboxes)
        await studio.run("post", "mara", "--text", "to everybody")
        for share in (8, 20):

            async def some_arrived(share: int = share) -> bool:
                return len(inboxes.received) >= share

            async with studio.serving() as pid:
                await until("some deliveries arrived", some_arrived)
                os.kill(pid, signal.SIGKILL)
            await end_leases(studio)

        async with studio.serving():
            await until("all deliveries are written down", lambda: all_sent(studio))
    assert len(inboxes.received) == FOLLOWERS
    assert max(inboxes.received.values()) <= 3
    # Each kill may repeat what was under way or not yet written down, and nothing else.
    assert sum(inboxes.received.values()) <= FOLLOWERS + 2 * 16


async def all_sent(studio: DemoInstance) -> bool:
    async with studio.database() as database, database.reading() as records:
        counts = await records.deliveries.count(Clock().now())
    return counts.sent == FOLLOWERS


async def end_leases(studio: DemoInstance) -> None:
    """As if the minute had passed after which a lease that nobody holds any more ends."""
    async with studio.database() as database, database.unit_of_work() as records:
        await _expire(records)


async def _expire(records: Records) -> None:
    waiting = col(Delivery.state) != SENT
    await records.deliveries.session.exec(update(Delivery).where(waiting).values(lease_until=None))
