"""Writing down what arrives: all that waits goes into one transaction, for a disk has few of them in a second."""

import asyncio
from dataclasses import dataclass
from typing import Final

from cara_fed.services import Services
from storage.inbox_log import InboxActivity

MOST_AT_ONCE: Final = 200


@dataclass(slots=True)
class _Waiting:
    """A row, and whether it has been written. Changed in place by whoever writes."""

    row: InboxActivity
    is_written: bool = False


class InboxRecorder:
    """Records deliveries for many requests at a time. One for each process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._waiting: list[_Waiting] = []
        self._turn = asyncio.Lock()

    async def record(self, row: InboxActivity) -> None:
        """Return once the row is committed, with all that waited beside it; one received before is left as it is."""
        mine = _Waiting(row)
        self._waiting.append(mine)
        async with self._turn:
            while not mine.is_written:
                await self._write()
        self._services.wake.inbox.set()

    async def _write(self) -> None:
        batch = self._waiting[:MOST_AT_ONCE]
        async with self._services.database.unit_of_work() as records:
            await records.inbox_log.add_many([waiting.row for waiting in batch])
        # Only now: whoever writes may be cancelled, and then the next one writes these.
        del self._waiting[: len(batch)]
        for waiting in batch:
            waiting.is_written = True
