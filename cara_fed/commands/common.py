"""What every command shares: ``--config`` before or after it, and an opened instance."""

import argparse
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
