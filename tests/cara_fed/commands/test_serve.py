"""`cara-fed serve` as a process: what it says, how it ends, and what becomes of its children."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

import pytest

from cara_fed.clock import Clock
from cara_fed.demo.instances import DemoInstance, make_instance, until
from tests.support.rows import make_follower, make_remote_actor


@pytest.fixture
def studio(tmp_path: Path) -> DemoInstance:
    return make_instance(tmp_path / "studio", "The studio", "localhost")


async def start(studio: DemoInstance, *options: str) -> Process:
    command = (sys.executable, "-m", "cara_fed", "serve", *options, "--config", str(studio.config))
    return await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)


async def answers(studio: DemoInstance, words: bytes = b"") -> bool:
    host, _, port = studio.domain.rpartition(":")
    try:
        reader, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return False
    writer.write(f"GET / HTTP/1.1\r\nhost: {studio.domain}\r\nconnection: close\r\n\r\n".encode())
    status, rest = await reader.readline(), await reader.read()
    writer.close()
    return b" 200 " in status and words in rest


async def is_silent(studio: DemoInstance) -> bool:
    return not await answers(studio)


async def test_the_first_start_says_where_it_is_and_how_to_become_admin(studio: DemoInstance) -> None:
    """And a second one is refused the port in one sentence, which changes nothing: above all the link stays good."""
    process = await start(studio)
    try:
        await until("it answers", lambda: answers(studio), 40)
        await expect_taken_port(studio, ("--workers", "2"))
        await rename(studio, process, "The atelier")
        assert await answers(studio)
        process.terminate()
        out, _ = await asyncio.wait_for(process.communicate(), 20)
    finally:
        if process.returncode is None:
            process.kill()
    said = out.decode()
    assert f"open {studio.base}/ in a browser" in said
    assert re.search(rf"{re.escape(studio.base)}/join\?token=\S{{40,}}", said)
    assert await is_silent(studio)


async def expect_taken_port(studio: DemoInstance, options: tuple[str, ...]) -> None:
    second = await start(studio, *options)
    out, error = await asyncio.wait_for(second.communicate(), 40)
    assert (second.returncode, out) == (1, b"")
    bind = studio.domain.replace("localhost", "127.0.0.1")
    assert error.decode() == f"cara-fed: server.bind: {bind} cannot be listened on: Address already in use\n"


async def rename(studio: DemoInstance, process: Process, name: str) -> None:
    """Change instance.toml, hang up, and wait for the new name."""
    text = re.sub(r'(?m)^name = ".*"$', f'name = "{name}"', studio.config.read_text())
    studio.config.write_text(text)
    process.send_signal(signal.SIGHUP)
    await until("it has another name", lambda: answers(studio, name.encode()), 30)


async def test_several_processes_serve_and_none_outlives_its_parent(studio: DemoInstance) -> None:
    process = await start(studio, "--workers", "2")
    try:
        await until("it answers", lambda: answers(studio), 60)
        await rename(studio, process, "The atelier")
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        await until("nobody holds the port", lambda: is_silent(studio), 30)
    finally:
        if process.returncode is None:
            process.kill()


async def test_a_running_server_picks_up_what_a_command_did(studio: DemoInstance) -> None:
    """The delivery goes to a port where nobody listens: that it was tried shows that it was picked up."""
    await studio.run("artist", "add", "mara", "--admin")
    async with studio.database() as database, database.unit_of_work() as records:
        mara = await records.artists.get("mara")
        theo = make_remote_actor("http://127.0.0.1:9/users/theo", inbox="http://127.0.0.1:9/in", shared_inbox=None)
        await records.remote_actors.record(theo)
        await records.followers.record(make_follower(mara.pk, theo.actor_id))
    async with studio.serving():
        assert "/join" not in (studio.folder / "serve.log").read_text()  # there is an admin
        await studio.run("post", "mara", "--text", "hello")
        began = Clock().now()

        async def tried() -> bool:
            async with studio.database() as database, database.reading() as records:
                return (await records.deliveries.count(Clock().now())).failing == 1

        await until("the delivery was tried", tried)
        assert (Clock().now() - began).total_seconds() < 10  # two seconds, on a machine that does nothing else
