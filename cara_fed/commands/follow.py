"""``cara-fed follow``: an artist of this instance follows somebody."""

from cara_fed.commands.common import Arguments, Subcommands, add_command, get_artist, opened, say
from cara_fed.publishing.follow_actor import follow_actor


def register(subcommands: Subcommands) -> None:
    """Add the command."""
    parser = add_command(subcommands, "follow", "follow somebody, here or elsewhere", run_follow)
    parser.add_argument("name", metavar="NAME", help="the artist who follows")
    parser.add_argument("handle", metavar="HANDLE", help="whom: @name@domain, or their profile's address")


async def run_follow(arguments: Arguments) -> int:
    """Ask to follow; the answer comes to the running server."""
    async with opened(arguments) as services:
        artist = await get_artist(services, arguments.name)
        followed = await follow_actor(services, artist, arguments.handle)
    state = "is followed" if followed.accepted else "has been asked"
    say(f"{followed.handle} {state} ({followed.actor_id})")
    return 0
