"""Instances as processes of their own, started for the demonstration and ended by their process ids."""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TypeVar

from cara_fed.__main__ import main as run_command
from cara_fed.config import ENVIRONMENT_PREFIX, database_url, load_config
from storage.database import Database

START_SECONDS = 60.0
WAIT_SECONDS = 25.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.2

Found = TypeVar("Found")

INSTANCE_TOML = """\
[instance]
domain = "{domain}"
scheme = "http"
name = "{name}"
[server]
bind = "127.0.0.1:{port}"
[federation]
allowed_private_networks = ["127.0.0.0/8", "::1/128"]
"""


class NotAsPromised(Exception):
    """Something that the demonstration was to show did not happen."""


@dataclass(frozen=True, slots=True)
class DemoInstance:
    """One instance in a folder of its own, served by a process of its own."""

    name: str
    domain: str
    folder: Path

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://{self.domain}"

    @property
    def config(self) -> Path:
        """Its instance.toml."""
        return self.folder / "instance.toml"

    def actor(self, name: str) -> str:
        """The id of one of its artists."""
        return f"{self.base}/users/{name}"

    async def run(self, *arguments: str) -> str:
        """Run a command of cara-fed beside the running server; its output. Raises NotAsPromised where it fails."""
        out, error = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(error):
            code = await asyncio.to_thread(run_command, [*arguments, "--config", str(self.config)])
        if code != 0:
            raise NotAsPromised(f"cara-fed {' '.join(arguments)} failed: {error.getvalue().strip()}")
        return out.getvalue().strip()

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """Its database, for looking at what it saw."""
        database = Database(database_url(load_config(self.config)))
        try:
            yield database
        finally:
            await database.dispose()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[int]:
        """Serve for as long as the block lasts; the process id."""
        with (self.folder / "serve.log").open("wb") as log:
            command = (sys.executable, "-m", "cara_fed", "serve", "--config", str(self.config))
            process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=log, stderr=log)
        try:
            await self._wait_until_it_answers(process)
            yield process.pid
        finally:
            await _end(process)

    async def _wait_until_it_answers(self, process: Process) -> None:
        host, _, port = self.domain.rpartition(":")

        async def answers() -> bool:
            if process.returncode is not None:
                raise NotAsPromised(f"{self.name} did not start: {(self.folder / 'serve.log').read_text()[-2000:]}")
            try:
                _, writer = await asyncio.open_connection(host, int(port))
            except OSError:
                return False
            writer.close()
            return True

        await until(f"{self.name} answers", answers, START_SECONDS)


def forget_settings() -> None:
    """Take another instance's settings out of this process's environment, which the processes it starts inherit."""
    for name in [name for name in os.environ if name.startswith(ENVIRONMENT_PREFIX)]:
        del os.environ[name]


def make_instance(folder: Path, name: str, host: str) -> DemoInstance:
    """Write an instance.toml for a free port of this machine."""
    folder.mkdir()
    port = free_port()
    instance = DemoInstance(name, f"{host}:{port}", folder)
    instance.config.write_text(INSTANCE_TOML.format(domain=instance.domain, name=name, port=port), encoding="utf-8")
    return instance


def free_port() -> int:
    """A port of the loopback interface that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def until(what: str, look: Callable[[], Awaitable[Found | None]], seconds: float = WAIT_SECONDS) -> Found:
    """Look again and again until something is found; raises NotAsPromised after ``seconds``."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (found := await look()):
        if asyncio.get_running_loop().time() > deadline:
            raise NotAsPromised(f"waited {seconds:.0f} seconds in vain until {what}")
        await asyncio.sleep(POLL_SECONDS)
    return found


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
