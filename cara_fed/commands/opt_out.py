"""``cara-fed opt-out``: the table of crawlers, what is said about a post, and saying it anew."""

from cara_fed.commands.common import Arguments, Subcommands, add_command, add_group, find_post, get_artist, opened, say
from cara_fed.opt_out.refresh import refresh_agents
from cara_fed.opt_out.statements import collect_statements
from cara_fed.publishing.restate_all import ask_restating, restate_once


def register(subcommands: Subcommands) -> None:
    """Add the commands."""
    group = add_group(subcommands, "opt-out", "what machines are told, and which of them are known")
    add_command(group, "refresh", "read the public list of AI crawlers anew", run_refresh)
    show = add_command(group, "show", "what every surface says about one post", run_show)
    show.add_argument("post", metavar="ID", help="the post's id, its page's address, or the number in either")
    rewrite = add_command(group, "rewrite", "let an artist's earlier posts say what the artist says now", run_rewrite)
    rewrite.add_argument("name", metavar="NAME", help="the artist")


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


async def run_show(arguments: Arguments) -> int:
    """Print each surface with its text, as it is sent."""
    async with opened(arguments) as services:
        for one in await collect_statements(services, await find_post(services, arguments.post)):
            say(f"== {one.surface}" + (f" ({one.place})" if one.place else ""))
            say(f"{one.text.rstrip() or '(nothing)'}\n")
    return 0


async def run_rewrite(arguments: Arguments) -> int:
    """Rewrite every post without an answer of its own, and tell whoever has it."""
    async with opened(arguments) as services:
        artist = await get_artist(services, arguments.name)
        await ask_restating(services, artist)
        while await restate_once(services):
            pass
    say(f"the earlier posts of {artist.name} say what {artist.name} says now")
    return 0
