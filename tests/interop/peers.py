"""The peer of peer/peer.mjs as a process: installed by `make interop`, driven over its control address on loopback."""

import asyncio
import os
import platform
import shutil
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from cara_fed.demo.instances import free_port, until

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".venv" / "interop"
STOP_SECONDS = 10.0

Json = dict[str, Any]
Condition = Callable[[Json], bool]


def why_not() -> str:
    """Why the peer cannot run here; "" if it can."""
    if not (INSTALLED / ".installed").exists():
        return "the peer is not installed: `make interop` does it, where there is npm"
    return "" if _find_node() else f"npm has no Node for {platform.system()} on {platform.machine()} in the peer's list"


def _find_node() -> Path | None:
    """The Node that npm brought: Fedify wants a newer one than many systems have."""
    return next((INSTALLED / "node_modules").glob("node-*/bin/node"), None)


@dataclass(frozen=True)
class Peer:
    """A running peer with one actor, fay."""

    port: int
    client: httpx.AsyncClient

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def fay(self) -> str:
        return f"{self.base}/users/fay"

    @property
    def handle(self) -> str:
        return f"@fay@127.0.0.1:{self.port}"

    async def do(self, verb: str, **parameters: str) -> Any:
        """Let fay do something; what it returns. The verbs stand in peer/peer.mjs."""
        response = await self.client.post(f"{self.base}/control/{verb}", json=parameters, timeout=30)
        assert response.status_code == 200, response.text
        return response.json()

    async def try_to(self, verb: str, **parameters: str) -> None:
        """The same, where it may fail."""
        await self.client.post(f"{self.base}/control/{verb}", json=parameters, timeout=30)

    async def state(self) -> Json:
        """What was received, who follows fay, and every request in both directions."""
        state: Json = await self.do("state")
        return state

    async def received(self, type_: str, fits: Condition = lambda _: True) -> Json:
        """The last activity of that type that came and fits; waits for it."""

        async def look() -> Json | None:
            found = [each for each in (await self.state())["received"] if each["type"] == type_ and fits(each)]
            return found[-1] if found else None

        return await until(f"the peer got {type_}", look)

    async def received_undo_of(self, activity_id: str) -> None:
        """Wait until that activity is taken back."""
        await self.received("Undo", lambda undo: bool(undo["object"]["id"] == activity_id))


@asynccontextmanager
async def peer_serving(folder: Path, **environment: str) -> AsyncIterator[Peer]:
    """Run the peer for as long as the block lasts, from a folder that it shares with nobody."""
    shutil.copytree(HERE / "peer", folder)
    (folder / "node_modules").symlink_to(INSTALLED / "node_modules")
    port = free_port()
    process = await _start(folder, {"PORT": str(port), **environment})
    try:
        await until("the peer answers", lambda: _is_ready(folder, process))
        async with httpx.AsyncClient(trust_env=False) as client:
            yield Peer(port, client)
    finally:
        await _end(process)


async def _start(folder: Path, environment: dict[str, str]) -> Process:
    node = _find_node()
    assert node is not None
    inherited = {"PATH": os.environ.get("PATH", ""), "NO_PROXY": "127.0.0.1,localhost"}
    with (folder / "said.txt").open("wb") as said:
        return await asyncio.create_subprocess_exec(
            str(node), "peer.mjs", cwd=folder, env=inherited | environment, stdin=DEVNULL, stdout=said, stderr=said
        )


async def _is_ready(folder: Path, process: Process) -> bool:
    said = (folder / "said.txt").read_text()
    assert process.returncode is None, said
    return "ready" in said.splitlines()


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
