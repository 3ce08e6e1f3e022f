"""``cara-fed trace``: which post a picture found in the wild is, and through which host it left."""

import asyncio
from pathlib import Path

from cara_fed.commands.common import Arguments, Subcommands, add_command, opened, say
from cara_fed.errors import InvalidInput
from cara_fed.protection.values import MIB
from cara_fed.recognition.trace import Traced, fetch_picture, find_way, trace_picture
from cara_fed.recognition.words import list_reasons, say_confidence, say_way
from cara_fed.services import Services


def register(subcommands: Subcommands) -> None:
    """Add the command."""
    help_text = "which post a picture found in the wild is, and through which host it left"
    parser = add_command(subcommands, "trace", help_text, run_trace)
    parser.add_argument("picture", metavar="FILE|URL", help="a picture's file, or its address")


async def run_trace(arguments: Arguments) -> int:
    """Tell what is known of the picture; 1 where it is none of ours."""
    async with opened(arguments) as services:
        given = arguments.picture
        if not given.startswith(("http://", "https://")):
            return await _tell_pictures(services, await _read_file(services, Path(given)))
        way = await find_way(services, given)
        if way is None:
            return await _tell_pictures(services, await fetch_picture(services, given))
        left, traced = way
        say(say_way(left))
        say(f"It is of {_name(traced)}." if traced else "The picture itself is not here any more.")
        return 0


async def _tell_pictures(services: Services, content: bytes) -> int:
    traced = await trace_picture(services, content)
    for one in traced:
        say(f"{say_confidence(one)}: {_name(one)}")
        for reason in list_reasons(one):
            say(f"  {reason}")
    if not traced:
        say("None of this instance's pictures is known to be this one. Turned or redrawn, it would not be found.")
    return 0 if traced else 1


def _name(traced: Traced) -> str:
    if traced.post is None:
        return f"picture {traced.picture.attachment.pk}, which is of no post now"
    return f"picture {traced.picture.attachment.position + 1} of {traced.post.url}"


async def _read_file(services: Services, path: Path) -> bytes:
    most = services.config.protection.max_file_mib * MIB
    try:
        size = (await asyncio.to_thread(path.stat)).st_size
        if size > most:
            raise InvalidInput(f"{path} is larger than {services.config.protection.max_file_mib} MiB.")
        return await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror}.") from error
