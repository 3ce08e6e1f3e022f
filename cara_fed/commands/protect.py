"""``cara-fed protect``: the picture pipeline alone, offline."""

from pathlib import Path

from cara_fed.commands.common import Arguments, Subcommands, add_command
from cara_fed.protection.command import run_protect as protect_file


def register(subcommands: Subcommands) -> None:
    """Add the command."""
    parser = add_command(
        subcommands, "protect", "clean and mark one picture, offline, and say what was done", run_protect
    )
    parser.add_argument("source", type=Path, metavar="IN", help="the picture")
    parser.add_argument("destination", metavar="OUT", help="a file, or a folder (ending in /) for every rendition")
    parser.add_argument("--json", action="store_true", dest="as_json", help="report as JSON")


def run_protect(arguments: Arguments) -> int:
    """Work on one file; needs no instance."""
    return protect_file(arguments.source, arguments.destination, as_json=arguments.as_json)
