"""What every command shares: ``--config`` before or after it, and an opened instance."""

import argparse
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from activitypub.identifiers import PostRef
from cara_fed.config import load_config
from cara_fed.errors import NotFound
from cara_fed.publishing.own_posts import find_own_post
from cara_fed.services import Services, open_services
from cara_fed.translate.posts import PostRows
from storage.artists import Artist

if TYPE_CHECKING:
    Subcommands = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Subcommands = argparse._SubParsersAction

Run = Callable[["Arguments"], int | Coroutine[Any, Any, int]]


class Arguments(argparse.Namespace):
    """A parsed command line: ``run`` is the command, ``config`` the path of instance.toml."""

    run: Run
    config: Path


class Common(argparse.ArgumentParser):
    """The options that stand before or after any subcommand; a later one does not undo an earlier one."""

    def __init__(self) -> None:
        super().__init__(add_help=False)
        self.add_argument(
            "--config",
            metavar="PATH",
            default=argparse.SUPPRESS,
            help="the instance's file (default: $CARA_FED_CONFIG or instance.toml)",
        )


def add_command(subcommands: Subcommands, name: str, help_text: str, run: Run | None = None) -> argparse.ArgumentParser:
    """Add a subcommand that takes the common options, and calls ``run`` where it is not itself a group of others."""
    parser = subcommands.add_parser(name, help=help_text, description=help_text, parents=[Common()])
    if run is not None:
        parser.set_defaults(run=run)
    return parser


def add_group(subcommands: Subcommands, name: str, help_text: str) -> Subcommands:
    """Add a subcommand that is a group of others, e.g. ``blocklist``."""
    parser = add_command(subcommands, name, help_text)
    return parser.add_subparsers(metavar="COMMAND", required=True)


def say(text: str = "") -> None:
    """One line on stdout, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def hint(text: str) -> None:
    """One line on stderr, so that stdout holds nothing but what a script asks for."""
    sys.stderr.write(f"{text}\n")


@asynccontextmanager
async def opened(arguments: Arguments) -> AsyncIterator[Services]:
    """The instance that the command line names; what is missing of folders, tables and keys is made."""
    async with open_services(load_config(arguments.config)) as services:
        yield services


async def get_artist(services: Services, name: str) -> Artist:
    """The artist whom a command names, with or without `@`; raises NotFound."""
    async with services.database.reading() as records:
        artist = await records.artists.find(name.removeprefix("@"))
    if artist is None:
        raise NotFound(f"There is no artist called {name} here.")
    return artist


async def find_post(services: Services, typed: str) -> PostRows:
    """The local post that an id, an address or a number names; raises NotFound."""
    site = services.site
    located = site.locate(typed) or site.locate_page(typed)
    pk = located.pk if isinstance(located, PostRef) else int(typed) if typed.isdecimal() and len(typed) < 19 else 0
    async with services.database.reading() as records:
        post = await records.posts.find_by_pk(pk)
        artist = await records.artists.find_by_pk(post.artist_pk) if post and post.artist_pk else None
    if artist is None:
        raise NotFound(f"There is no post {typed} of an artist here.")
    return await find_own_post(services, artist, pk)
