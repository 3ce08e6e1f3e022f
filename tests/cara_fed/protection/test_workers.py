"""The picture process: bounded in time, memory and number, replaced when it dies, gone when its server is gone."""

import asyncio
import os
import signal
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from cara_fed.protection import PictureWorkers, ReportLine
from cara_fed.protection.errors import (
    NotAPicture,
    PictureProcessDied,
    PictureRefused,
    TooManyBytes,
    TooMuchMemory,
    TooSlow,
)
from cara_fed.protection.formats.png import SIGNATURE, build_chunk
from cara_fed.protection.pipeline import STEPS, protect
from cara_fed.protection.values import Limits, ProtectionRequest
from cara_fed.protection.wire import load_refusal
from tests.cara_fed.protection.pictures import encode, limited, photo, request

PICTURE = encode(photo(), "JPEG")


def wide_png(width: int, height: int) -> bytes:
    """A small file of a large picture."""
    packer = zlib.compressobj(1)
    row = b"\x00" + bytes(width * 4)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = build_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return SIGNATURE + header + build_chunk(b"IDAT", packed) + build_chunk(b"IEND", b"")


def children() -> set[int]:
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int(entry.joinpath("stat").read_text().rpartition(")")[2].split()[1])
                command = entry.joinpath("cmdline").read_bytes()
            except OSError:
                continue
            if parent == os.getpid() and b"cara_fed.protection.worker" in command:
                found.add(int(entry.name))
    return found


async def test_a_process_gives_what_the_pipeline_gives_and_tells_of_each_step() -> None:
    told: list[ReportLine] = []
    async with PictureWorkers() as workers:
        made = await workers.protect(PICTURE, request(), told.append)
    assert made == protect(PICTURE, request())
    assert tuple(told) == made.report
    assert len(told) == len(STEPS)
    assert not children()


async def test_one_process_serves_many_pictures_and_refusals() -> None:
    async with PictureWorkers() as workers:
        await workers.protect(PICTURE, request())
        first = children()
        with pytest.raises(NotAPicture, match="no picture"):
            await workers.protect(b"hello", request())
        with pytest.raises(TooManyBytes):
            await workers.protect(PICTURE, limited(max_bytes=10))
        await workers.protect(PICTURE, request())
        assert children() == first
        assert len(first) == 1


async def test_no_more_processes_than_wanted() -> None:
    async with PictureWorkers(count=2) as workers:
        made = await asyncio.gather(*(workers.protect(PICTURE, request()) for _ in range(5)))
        assert [one.renditions for one in made] == [made[0].renditions] * 5
        assert len(children()) == 2


async def test_too_slow_is_stopped_and_the_next_picture_is_served() -> None:
    async with PictureWorkers() as workers:
        await workers.protect(PICTURE, request())
        slow = ProtectionRequest(limits=Limits(max_seconds=0.2))
        with pytest.raises(TooSlow, match="took too long"):
            await workers.protect(wide_png(7000, 7000), slow)
        assert not children()
        assert (await workers.protect(PICTURE, request())).width == 96


async def test_a_killed_process_refuses_its_picture_and_the_next_one_is_served() -> None:
    async with PictureWorkers() as workers:
        killed = asyncio.Event()

        def kill(line: ReportLine) -> None:
            for child in () if killed.is_set() else children():  # lines told before its end may still come
                os.kill(child, signal.SIGKILL)
            killed.set()

        with pytest.raises(PictureProcessDied, match="broke the process"):
            await workers.protect(wide_png(5000, 5000), request(), kill)
        assert killed.is_set()
        await workers.protect(PICTURE, request())
        for child in children():  # an idle one is no picture's fault
            os.kill(child, signal.SIGKILL)
        await asyncio.sleep(0.2)
        await workers.protect(PICTURE, request())


async def test_memory_is_bounded() -> None:
    async with PictureWorkers(max_memory_mib=700) as workers:
        with pytest.raises(TooMuchMemory, match="more memory"):
            await workers.protect(wide_png(10_000, 10_000), request())
        assert (await workers.protect(PICTURE, request())).width == 96


async def test_a_cancelled_caller_leaves_no_process_behind() -> None:
    async with PictureWorkers() as workers:
        task = asyncio.create_task(workers.protect(wide_png(7000, 7000), request()))
        await asyncio.sleep(1.0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not children()


async def test_closing_refuses_what_is_being_worked_on() -> None:
    workers = PictureWorkers()
    started = asyncio.Event()
    slow = workers.protect(wide_png(7000, 7000), request(), lambda line: started.set())
    task = asyncio.create_task(slow)
    await started.wait()
    await workers.aclose()
    with pytest.raises(PictureRefused):
        await task
    assert not children()


async def test_the_environment_does_not_reach_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARA_FED_DATABASE_PASSWORD", "hunter2")
    async with PictureWorkers() as workers:
        await workers.protect(PICTURE, request())
        (child,) = children()
        environment = Path(f"/proc/{child}/environ").read_bytes()
        assert b"hunter2" not in environment
        assert b"Max core file size        0" in Path(f"/proc/{child}/limits").read_bytes()


PARENT = """
import asyncio, sys
from cara_fed.protection import PictureWorkers
from tests.cara_fed.protection.pictures import request
from tests.cara_fed.protection.test_workers import children, wide_png

async def main():
    workers = PictureWorkers()
    def tell(line):
        print(*children(), flush=True)
    await workers.protect(wide_png(9000, 9000), request(), tell)

asyncio.run(main())
"""


def test_the_process_dies_with_its_server() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if not alive(child):
            return
        subprocess.run(["sleep", "0.05"], check=True)
    pytest.fail("the picture process outlived its server")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_refusal_of_an_unknown_kind_is_still_a_refusal() -> None:
    assert isinstance(load_refusal({"error": "os", "text": "x"}), PictureProcessDied)
    assert isinstance(load_refusal({"error": "CaraFedError", "text": "x"}), PictureProcessDied)
    assert isinstance(load_refusal({"error": "TooSlow", "text": "x"}), TooSlow)
