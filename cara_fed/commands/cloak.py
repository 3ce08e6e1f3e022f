"""``cara-fed cloak install [--from PATH]``: the model that the cloak is made with."""

import asyncio
from pathlib import Path

from cara_fed.commands.common import Arguments, Subcommands, add_command, add_group, opened, say
from cara_fed.federation.errors import FetchError
from cara_fed.protection.cloak import model_file
from cara_fed.protection.errors import CloakUnavailable
from cara_fed.services import Services

_OFFLINE = "fetch that address on another machine, and run: cara-fed cloak install --from PATH"


def register(subcommands: Subcommands) -> None:
    """Add the commands."""
    group = add_group(subcommands, "cloak", "what the cloak for pictures needs")
    parser = add_command(group, "install", "obtain and verify the cloak's model (2.5 MB)", run_install)
    parser.add_argument("--from", type=Path, dest="source", metavar="PATH", help="a file that was fetched elsewhere")


async def run_install(arguments: Arguments) -> int:
    """Nothing is kept that is not the model, bit for bit."""
    async with opened(arguments) as services:
        place = services.config.resolve(services.config.protection.cloak_model)
        source: Path | None = arguments.source
        data = await (asyncio.to_thread(_read, source) if source else _fetch(services))
        model_file.require_model(data)
        await asyncio.to_thread(model_file.write_model, place, data)
    say(f"The cloak's model is in {place}; its SHA-256 is {model_file.SHA256}.")
    say('It is used where [protection] cloak, an artist or a post says "light" or "strong".')
    return 0


def _read(source: Path) -> bytes:
    try:
        with source.open("rb") as file:
            return file.read(model_file.BYTES + 1)
    except OSError as error:
        raise CloakUnavailable(f"{source} cannot be read: {error.strerror}") from error


async def _fetch(services: Services) -> bytes:
    try:
        response = await services.client.get(
            model_file.URL, accept="application/octet-stream", max_bytes=model_file.BYTES
        )
    except FetchError as error:
        raise CloakUnavailable(f"{model_file.URL} could not be fetched ({error}); {_OFFLINE}") from error
    if response.status != 200:
        raise CloakUnavailable(f"{model_file.URL} answered {response.status}; {_OFFLINE}")
    return response.body
