"""What it costs to find a look among 100,000 others: the whole picture in memory, and its windows from the database.

Run it with ``python -m tests.benchmarks.bench_likenesses [COUNT]``.
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from cara_fed.recognition.index import LikenessIndex, mirror_look
from storage.database import Database
from storage.likenesses import Likeness
from storage.migrate import migrate
from tests.support.rows import make_attachment

WINDOWS = 51 * 8
ROUNDS = 20


async def main(count: int) -> None:
    """Fills a database with looks of nothing, and asks for some of them."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.sqlite3'}"
        await asyncio.to_thread(migrate, url)
        database = Database(url)
        async with database.unit_of_work() as records:
            for pk in range(1, count + 1):
                records.attachments.session.add(make_attachment(pk=pk))
            await records.attachments.session.flush()
            for pk in range(1, count + 1):
                row = Likeness(
                    pk=(pk * 60_000) << 16, attachment_pk=pk, whole=os.urandom(32), windows=os.urandom(WINDOWS)
                )
                records.attachments.session.add(row)
        index, look = LikenessIndex(database), os.urandom(32)
        await _measure("the first look for a copy, which fills the memory", 1, index.find_copies(look))
        start, used = time.perf_counter(), time.process_time()
        for _ in range(ROUNDS):
            await index.find_copies(look, mirror_look(look))
        _tell("every further one, mirrored too", (time.process_time() - used) / ROUNDS, start, ROUNDS)
        await _measure("a look for crops", 1, index.find_crops(look[:8], look[8:16], limit=24, within=18))
        await database.dispose()


async def _measure(what: str, rounds: int, work: object) -> None:
    start, used = time.perf_counter(), time.process_time()
    await work  # type: ignore[misc]
    _tell(what, time.process_time() - used, start, rounds)


def _tell(what: str, seconds: float, start: float, rounds: int) -> None:
    passed = (time.perf_counter() - start) / rounds
    sys.stdout.write(f"{what}: {seconds * 1000:.1f} CPU-ms, {passed * 1000:.1f} ms passed\n")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
