"""Background work: loops that run until told to stop, wake when there is something to do, and outlive a failure."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

PAUSE_AFTER_FAILURE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Loop:
    """Work done again and again: ``work`` returns True while there is more of it waiting.

    ``idle_seconds`` is how long it sleeps when there was nothing, unless ``wake`` is set sooner.
    """

    name: str
    work: Callable[[], Awaitable[bool]]
    idle_seconds: float
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Run until cancelled. A failure is logged with its trace and tried again after a pause."""
        while True:
            self.wake.clear()
            try:
                more = await self.work()
            except Exception:
                log.exception("%s failed; trying again in %.0f s", self.name, PAUSE_AFTER_FAILURE_SECONDS)
                await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)
                continue
            if not more:
                await self._sleep()

    async def _sleep(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.idle_seconds):
                await self.wake.wait()


@contextlib.asynccontextmanager
async def running(loops: tuple[Loop, ...]) -> AsyncIterator[None]:
    """Run the loops in the background for as long as the block lasts, then stop them and wait for their end."""
    tasks = [asyncio.create_task(loop.run(), name=loop.name) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
