"""``cara-fed serve``: runs the instance, and says where it is and how to become its first admin."""

import argparse
import asyncio
import os

from cara_fed.accounts.tokens import issue_first_admin_link
from cara_fed.commands.common import Arguments, Subcommands, add_command, say
from cara_fed.config import ENVIRONMENT_PREFIX, Config, load_config
from cara_fed.serve import configure_logging, require_port, serve
from cara_fed.services import open_services

MAX_WORKERS = 64


def register(subcommands: Subcommands) -> None:
    """Add the command."""
    parser = add_command(subcommands, "serve", "run the instance: web, federation, workers", run_serve)
    parser.add_argument("--workers", type=_read_workers, default=1, metavar="N", help="processes (default: 1)")


def run_serve(arguments: Arguments) -> int:
    """Serve until told to stop. What is missing is made before the first process starts, so that none races."""
    config = load_config(arguments.config)
    configure_logging()
    require_port(config)
    asyncio.run(_prepare(config))
    os.environ[f"{ENVIRONMENT_PREFIX}CONFIG"] = str(arguments.config.resolve())
    if arguments.workers > 1:
        os.environ[f"{ENVIRONMENT_PREFIX}SUPERVISOR"] = str(os.getpid())
    try:
        serve(config, arguments.workers)
    except SystemExit as stopped:
        return 1 if stopped.code else 0
    return 0


async def _prepare(config: Config) -> None:
    async with open_services(config) as services:
        link = await issue_first_admin_link(services)
    say(f"{config.instance.name}: open {config.site.base}/ in a browser (listening on {config.server.bind}).")
    if link is not None:
        say(f"There is no admin yet. This link makes you the first; it works once, for a week:\n  {link}")


def _read_workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_WORKERS:
        raise argparse.ArgumentTypeError(f"must be 1 to {MAX_WORKERS}")
    return int(text)
