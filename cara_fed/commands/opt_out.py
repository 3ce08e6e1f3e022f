"""``cara-fed opt-out``: the table of crawlers."""

from cara_fed.commands.common import Arguments, Subcommands, add_command, add_group, opened, say
from cara_fed.opt_out.refresh import refresh_agents


def register(subcommands: Subcommands) -> None:
    """Add the commands."""
    group = add_group(subcommands, "opt-out", "what machines are told, and which of them are known")
    add_command(group, "refresh", "read the public list of AI crawlers anew", run_refresh)


async def run_refresh(arguments: Arguments) -> int:
    """Read the list and say what is new in it; a running server knows within two seconds."""
    async with opened(arguments) as services:
        refreshed = await refresh_agents(services)
    for name in refreshed.added:
        say(f"+ {name}")
    for name in refreshed.removed:
        say(f"- {name}")
    say(f"{refreshed.total} agents are on the list, {len(refreshed.added)} of them new")
    return 0
