"""Two real processes over loopback sockets: the demonstration is the story, and checks each of its sentences."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import pytest

from cara_fed.demo.instances import NotAsPromised, until


async def test_two_instances_and_a_harvester_see_what_they_should(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cara_fed.demo", stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=environment
    )
    out, error = await process.communicate()
    said = out.decode()
    assert process.returncode == 0, said + error.decode()
    assert "The gallery saw: the studio accepted." in said
    assert "The file there: 2560 × 1707 pixels" in said
    assert len(re.findall(r": 403 ", said)) == 3
    assert "and to nobody else" in said
    assert said.rstrip().endswith("All of this was as promised.")
    assert _processes_in(tmp_path) == set()
    assert list(tmp_path.iterdir()) == []


async def test_what_does_not_come_is_said() -> None:
    async def never() -> bool:
        return False

    with pytest.raises(NotAsPromised, match="in vain until the moon rises"):
        await until("the moon rises", never, seconds=0.01)


def _processes_in(folder: Path) -> set[str]:
    """Processes that still run for a demonstration in this folder."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                command = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in command:
            found.add(command)
    return found
