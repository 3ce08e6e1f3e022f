"""Loops wake, outlive a failure and stop when told."""

import asyncio
import logging

import pytest

from cara_fed import loops
from cara_fed.loops import Loop, running


async def test_work_goes_on_while_there_is_more_of_it() -> None:
    left = 3
    done = asyncio.Event()

    async def work() -> bool:
        nonlocal left
        left -= 1
        if not left:
            done.set()
        return left > 0

    async with running((Loop("counting", work, idle_seconds=60),)):
        await asyncio.wait_for(done.wait(), 1)


async def test_a_sleeping_loop_wakes_when_called() -> None:
    runs: asyncio.Queue[None] = asyncio.Queue()

    async def work() -> bool:
        runs.put_nowait(None)
        return False

    loop = Loop("sleeper", work, idle_seconds=60)
    async with running((loop,)):
        await asyncio.wait_for(runs.get(), 1)
        loop.wake.set()
        await asyncio.wait_for(runs.get(), 1)


async def test_a_failure_is_logged_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loops, "PAUSE_AFTER_FAILURE_SECONDS", 0)
    attempts: asyncio.Queue[None] = asyncio.Queue()

    async def work() -> bool:
        attempts.put_nowait(None)
        raise RuntimeError("the disk is full")

    with caplog.at_level(logging.ERROR):
        async with running((Loop("writer", work, idle_seconds=60),)):
            await asyncio.wait_for(attempts.get(), 1)
            await asyncio.wait_for(attempts.get(), 1)
    assert "writer failed" in caplog.text
    assert "the disk is full" in caplog.text
