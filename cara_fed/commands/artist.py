"""``cara-fed artist add``: a new artist of this instance."""

import sys

from activitypub.identifiers import Handle
from cara_fed.accounts.create_artist import NewArtist, Role, create_artist
from cara_fed.accounts.passwords import hash_password, require_good_password
from cara_fed.accounts.tokens import issue_password_link
from cara_fed.commands.common import Arguments, Subcommands, add_command, add_group, hint, opened, say


def register(subcommands: Subcommands) -> None:
    """Add the commands."""
    group = add_group(subcommands, "artist", "the artists of this instance")
    parser = add_command(group, "add", "create an artist and print their handle", run_add)
    parser.add_argument("name", metavar="NAME", help="1 to 30 letters a to z, digits or underscores")
    parser.add_argument("--admin", action="store_true", help="let them administer this instance")
    parser.add_argument("--display-name", default="", metavar="S", help="how they are called in full")
    parser.add_argument("--password-stdin", action="store_true", help="read their password from standard input")


async def run_add(arguments: Arguments) -> int:
    """Create the artist; without a password, a one-time link to set one is printed beside."""
    password_hash = await hash_password(_read_password()) if arguments.password_stdin else None
    role = Role.ADMIN if arguments.admin else Role.ARTIST
    new = NewArtist(arguments.name.removeprefix("@"), arguments.display_name, role, password_hash)
    async with opened(arguments) as services:
        artist = await create_artist(services, new)
        say(str(Handle(artist.name, services.site.domain)))
        if password_hash is None:
            link = await issue_password_link(services, artist.pk)
            hint(f"To set a password, open this link within a day; it works once:\n  {link}")
    return 0


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    require_good_password(password)
    return password
