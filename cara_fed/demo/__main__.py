"""``python -m cara_fed.demo``: shows the main job, says in plain words what each side saw, and ends what it began."""

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from cara_fed.commands.common import say
from cara_fed.demo.harvester import harvesting
from cara_fed.demo.instances import NotAsPromised, forget_settings, free_port, make_instance
from cara_fed.demo.story import Cast, tell


def main() -> int:
    """0 where all was as promised, else 1."""
    forget_settings()
    try:
        asyncio.run(_demonstrate())
    except NotAsPromised as broken:
        say()
        say(f"NOT as promised: {broken}")
        return 1
    say()
    say("All of this was as promised.")
    return 0


async def _demonstrate() -> None:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cara-fed-demo-")))
        # Two names of this machine, so that they are two servers to each other.
        studio = make_instance(folder / "studio", "The studio", "localhost")
        gallery = make_instance(folder / "gallery", "The gallery", "127.0.0.1")
        harvester = await stack.enter_async_context(harvesting(free_port()))
        for instance in (studio, gallery):
            await stack.enter_async_context(instance.serving())
        await tell(Cast(studio, gallery, harvester, folder))


if __name__ == "__main__":
    sys.exit(main())
