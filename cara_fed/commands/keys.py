"""``cara-fed keys rotate``: new signing keys for an artist or for the instance."""

from cara_fed.accounts.rotate_keys import rotate_artist_keys, rotate_instance_keys
from cara_fed.commands.common import Arguments, Subcommands, add_command, add_group, get_artist, opened, say
from cara_fed.services import Services
from storage.keys import Key


def register(subcommands: Subcommands) -> None:
    """Add the commands."""
    group = add_group(subcommands, "keys", "what artists and the instance sign with")
    parser = add_command(
        group, "rotate", "sign with new keys from now on; the old ones stay readable for a week", run_rotate
    )
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("name", nargs="?", metavar="NAME", help="the artist")
    whose.add_argument("--instance", action="store_true", help="the instance's own keys")


async def run_rotate(arguments: Arguments) -> int:
    """Rotate, and print the ids of the new keys."""
    async with opened(arguments) as services:
        for key in await _rotate(services, arguments):
            say(f"{key.key_id} ({key.algorithm})")
    return 0


async def _rotate(services: Services, arguments: Arguments) -> tuple[Key, ...]:
    if arguments.instance:
        return await rotate_instance_keys(services)
    return await rotate_artist_keys(services, await get_artist(services, arguments.name))
