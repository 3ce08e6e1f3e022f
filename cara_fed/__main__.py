"""The command line: ``cara-fed`` and ``python -m cara_fed``."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from activitypub.errors import ProtocolError
from cara_fed.commands import COMMANDS
from cara_fed.commands.common import Arguments, Common
from cara_fed.config import ENVIRONMENT_PREFIX
from cara_fed.errors import CaraFedError, ConfigError
from storage.errors import StorageError

DONE, REFUSED, BAD_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 when done, 1 when refused or failed, 2 for bad usage or a bad instance.toml."""
    options = build_parser().parse_args(arguments, namespace=Arguments())
    options.config = _config_path(options)
    try:
        return _run(options)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_USAGE
    except (CaraFedError, ProtocolError, StorageError) as error:
        sys.stderr.write(f"cara-fed: {error}\n")
        return REFUSED
    except KeyboardInterrupt:
        return 130


def _run(options: Arguments) -> int:
    result = options.run(options)
    return asyncio.run(result) if asyncio.iscoroutine(result) else result


def _config_path(options: Arguments) -> Path:
    named = getattr(options, "config", None)
    return Path(named or os.environ.get(f"{ENVIRONMENT_PREFIX}CONFIG") or "instance.toml")


def build_parser() -> argparse.ArgumentParser:
    """The whole command line, as argparse knows it."""
    common = Common()
    parser = argparse.ArgumentParser(
        prog="cara-fed", description="A home for artists on the open web.", parents=[common]
    )
    subcommands = parser.add_subparsers(metavar="COMMAND", required=True)
    for register in COMMANDS:
        register(subcommands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
