"""What a visitor's page costs a processor: made anew, taken as kept, and asked for by somebody who holds it.

Run it with ``python -m tests.benchmarks.bench_pages``: an artist with sixty works of two pictures each, in SQLite.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from cara_fed.accounts.create_artist import NewArtist, create_artist
from cara_fed.app import build_app
from cara_fed.services import Services, open_services
from tests.benchmarks.measuring import say
from tests.cara_fed.web.test_walls import hang
from tests.support.browsers import Browser
from tests.support.instances import build_config

WORKS, TIMES = 60, 40


async def measure_all(services: Services) -> dict[str, tuple[float, ...]]:
    """Milliseconds of processor time by path: made anew, kept, held already."""
    artist = await create_artist(services, NewArtist("mara", "Mara"))
    for _ in range(WORKS):
        post = await hang(services, artist, pictures=2, hashtags=["ink"], text="salt")
    browser = Browser.at(build_app(services))
    paths = ("/", "/@mara", f"/@mara/{post.pk}", "/tags/ink", "/@mara/feed.rss")
    figures = {path: await _measure(services, browser, path) for path in paths}
    await browser.client.aclose()
    return figures


async def _measure(services: Services, browser: Browser, path: str) -> tuple[float, ...]:
    etag = (await browser.get(path)).headers["etag"]

    async def anew() -> None:
        async with services.database.unit_of_work() as records:
            await records.revisions.bump("benchmark")
        await browser.get(path)

    async def kept() -> None:
        await browser.get(path)

    async def held() -> None:
        await browser.get(path, if_none_match=etag)

    return await _milliseconds(anew), await _milliseconds(kept), await _milliseconds(held)


async def _milliseconds(step: Callable[[], Awaitable[None]]) -> float:
    began = time.process_time()
    for _ in range(TIMES):
        await step()
    return (time.process_time() - began) / TIMES * 1e3


async def _main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "data").mkdir()
        async with open_services(build_config(Path(folder))) as services:
            figures = await measure_all(services)
    for path, (anew, kept, held) in figures.items():
        say(path, anew, "ms", f"kept {kept:.2f} ms, held {held:.2f} ms")


if __name__ == "__main__":
    asyncio.run(_main())
