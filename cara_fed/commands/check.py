"""``cara-fed check``: every mistake of instance.toml at once."""

import sys

from cara_fed.commands.common import Arguments, Subcommands, add_command
from cara_fed.config import load_config, require_files


def register(subcommands: Subcommands) -> None:
    """Add the command."""
    add_command(subcommands, "check", "validate instance.toml and print every mistake", run_check)


def run_check(arguments: Arguments) -> int:
    """Print that the file is fine; a bad one raises ConfigError with all its mistakes."""
    config = load_config(arguments.config)
    require_files(arguments.config, config)
    sys.stdout.write(f"{arguments.config}: no mistakes. This is {config.instance.name}, at {config.site.base}\n")
    return 0
