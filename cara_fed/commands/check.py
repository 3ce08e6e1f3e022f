"""``cara-fed check``: every mistake of instance.toml at once."""

import asyncio
import sys

from cara_fed.appearance.look import load_look
from cara_fed.commands.common import Arguments, Subcommands, add_command
from cara_fed.config import Config, load_config, require_files
from cara_fed.protection import PictureWorkers
from cara_fed.services import picture_limits


def register(subcommands: Subcommands) -> None:
    """Add the command."""
    add_command(subcommands, "check", "validate instance.toml and print every mistake", run_check)


def run_check(arguments: Arguments) -> int:
    """Print that the file is fine; a bad one raises ConfigError with all its mistakes."""
    config = load_config(arguments.config)
    require_files(arguments.config, config)
    asyncio.run(_require_look(config))
    sys.stdout.write(f"{arguments.config}: no mistakes. This is {config.instance.name}, at {config.site.base}\n")
    return 0


async def _require_look(config: Config) -> None:
    async with PictureWorkers() as pictures:
        await load_look(config, pictures, picture_limits(config))
