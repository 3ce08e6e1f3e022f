"""``cara-fed protect``: the picture pipeline alone, offline."""

from dataclasses import replace
from pathlib import Path

from cara_fed.commands.common import Arguments, Subcommands, add_command
from cara_fed.config import Config, load_config
from cara_fed.protection.cloak.levels import Cloak
from cara_fed.protection.command import DEFAULT_REQUEST
from cara_fed.protection.command import run_protect as protect_file
from cara_fed.protection.values import MarkLayout, VisibleMark


def register(subcommands: Subcommands) -> None:
    """Add the command."""
    parser = add_command(
        subcommands, "protect", "clean and mark one picture, offline, and say what was done", run_protect
    )
    parser.add_argument("source", type=Path, metavar="IN", help="the picture")
    parser.add_argument("destination", metavar="OUT", help="a file, or a folder (ending in /) for every rendition")
    parser.add_argument(
        "--cloak",
        choices=(Cloak.OFF, Cloak.INSTANT, Cloak.LIGHT, Cloak.STRONG, Cloak.GLAZED),
        default=Cloak.OFF,
        help="light and strong need the model of: cara-fed cloak install",
    )
    parser.add_argument("--mark", default="", metavar="TEXT", help="a text that stands visibly on every rendition")
    parser.add_argument(
        "--mark-layout", type=MarkLayout, choices=list(MarkLayout), default=MarkLayout.CORNER, help="default: corner"
    )
    parser.add_argument("--json", action="store_true", dest="as_json", help="report as JSON")


def run_protect(arguments: Arguments) -> int:
    """Work on one file; needs no instance."""
    request = replace(DEFAULT_REQUEST, cloak=str(arguments.cloak), cloak_model=str(_model_of(arguments.config)))
    if arguments.mark:
        request = replace(request, visible_mark=VisibleMark(arguments.mark, layout=arguments.mark_layout))
    return protect_file(arguments.source, arguments.destination, as_json=arguments.as_json, request=request)


def _model_of(path: Path) -> Path:
    """Where the instance keeps the cloak's model; without an instance, where one here would."""
    config = load_config(path) if path.exists() else Config(folder=path.resolve().parent)
    return config.resolve(config.protection.cloak_model)
