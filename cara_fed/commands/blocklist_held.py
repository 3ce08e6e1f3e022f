"""``cara-fed blocklist held``, ``apply`` and ``dismiss``: lists that wait to be reviewed."""

from cara_fed.blocklist.holding import apply_held, dismiss_held, find_held
from cara_fed.commands.blocklist_lists import describe_diff, describe_preview, say_all
from cara_fed.commands.common import Arguments, Subcommands, add_command, opened, say
from cara_fed.commands.enacted import tell_enacted, user_name


def register_held(group: Subcommands) -> None:
    """Add the commands to the group ``blocklist``."""
    add_command(group, "held", "the lists that wait to be reviewed, and what they would change", run_held)
    for name, help_text, run in (
        ("apply", "put in force what waits of a list", run_apply),
        ("dismiss", "leave a list as it was until it says something else again", run_dismiss),
    ):
        add_command(group, name, help_text, run).add_argument("url", metavar="URL")


async def run_held(arguments: Arguments) -> int:
    """Print each list that waits, as it would change what is listed now."""
    async with opened(arguments) as services:
        waiting = await find_held(services)
    for held in waiting:
        say(f"{held.url}, held since {held.held_at:%Y-%m-%d %H:%M} UTC")
        say_all(describe_diff(held.diff))
        say_all(describe_preview(held.preview))
    if not waiting:
        say("no list waits")
    return 0


async def run_apply(arguments: Arguments) -> int:
    """Apply a list that waits."""
    async with opened(arguments) as services:
        enacted = await apply_held(services, arguments.url, user_name())
    say(f"{arguments.url} is in force.")
    tell_enacted(enacted)
    return 0


async def run_dismiss(arguments: Arguments) -> int:
    """Dismiss a list that waits."""
    async with opened(arguments) as services:
        await dismiss_held(services, arguments.url, user_name())
    say(f"{arguments.url} stays as it was.")
    return 0
