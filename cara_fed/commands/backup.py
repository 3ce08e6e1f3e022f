"""``cara-fed backup`` and ``cara-fed restore``: the whole instance into a folder, and out of it."""

from pathlib import Path

from cara_fed.backups.make_backup import make_backup
from cara_fed.backups.restore_backup import restore_backup
from cara_fed.commands.common import Arguments, Subcommands, add_command, hint, opened, say
from cara_fed.config import load_config

MEGABYTE = 1_000_000


def register(subcommands: Subcommands) -> None:
    """Add both commands."""
    backup = add_command(subcommands, "backup", "copy the whole instance to a folder, while it serves", run_backup)
    backup.add_argument("destination", type=Path, metavar="DEST", help="a folder of its own; the next time, the same")
    restore = add_command(subcommands, "restore", "make the instance that a backup holds", run_restore)
    restore.add_argument("source", type=Path, metavar="SRC", help="the folder that `cara-fed backup` wrote")


async def run_backup(arguments: Arguments) -> int:
    """Write the backup; 1 where it is whole but for pictures that were damaged before it was made."""
    async with opened(arguments) as services:
        made = await make_backup(services, arguments.destination, arguments.config, hint)
    size = f"{made.bytes / MEGABYTE:,.1f} MB"
    say(f"{arguments.destination}: the database and {made.files:,} picture files ({size}), {made.new:,} of them new.")
    if made.damaged:
        names = ", ".join(made.damaged)
        hint(f"cara-fed: these picture files are not what their names say, and were left out: {names}")
        return 1
    return 0


async def run_restore(arguments: Arguments) -> int:
    """Put everything back; instance.toml stays as it is."""
    config = load_config(arguments.config)
    manifest = await restore_backup(config, arguments.source, hint)
    say(f"{manifest.base} is here again, as it was on {manifest.made_at:%Y-%m-%d at %H:%M} UTC.")
    say("Start it with `cara-fed serve`. What was published since then is not in it.")
    return 0
