"""Letting the admin's own program work on a picture before everything else, as ``[protection] command`` says."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cara_fed.config import ProtectionSection
from cara_fed.protection.errors import CloakUnavailable, PictureRefused
from cara_fed.protection.formats.base import Header
from cara_fed.protection.formats.registry import CONTAINERS
from cara_fed.protection.formats.signatures import find_format
from cara_fed.protection.values import MIB, Format
from cara_fed.words.speech import _

_INHERITED: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")  # the rest of the environment may hold secrets


async def work_by_command(settings: ProtectionSection, content: bytes) -> bytes:
    """The picture as the program wrote it. Raises CloakUnavailable where it failed, took too long, or wrote something
    that is no picture of the same size; nothing is published then.

    The program runs without a shell, in a folder of its own that is gone afterwards, with only PATH, HOME and the
    language of the server's environment, and is ended with all that it started.
    """
    if not settings.command:
        raise CloakUnavailable(_("This server has no program of its own for pictures; choose another cloak."))
    kind = find_format(content)
    if kind is None:
        raise CloakUnavailable(_("This file is no picture, so the server's own program was not asked."))
    with TemporaryDirectory(prefix="cara-fed-") as folder:
        source, target = (Path(folder) / f"{name}.{kind.value}" for name in ("in", "out"))
        await asyncio.to_thread(source.write_bytes, content)
        await _run(settings, source, target)
        made = await asyncio.to_thread(_read, target, settings.max_file_mib * MIB)
    _require_same_size(kind, content, made)
    return made


async def _run(settings: ProtectionSection, source: Path, target: Path) -> None:
    words = [word.replace("{in}", str(source)).replace("{out}", str(target)) for word in settings.command]
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
            env=environment,
            cwd=source.parent,
            start_new_session=True,
        )
    except OSError as error:
        raise CloakUnavailable(_("The server's own program for pictures cannot be started; tell its admin.")) from error
    try:
        async with asyncio.timeout(settings.command_seconds):
            status = await process.wait()
    except TimeoutError as late:
        raise CloakUnavailable(_("The server's own program took too long, so nothing was published.")) from late
    finally:
        await _end(process)
    if status:
        raise CloakUnavailable(_("The server's own program failed on this picture, so nothing was published."))


async def _end(process: Process) -> None:
    """Ends the program, and all that it started and left behind."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _read(target: Path, most: int) -> bytes:
    try:
        if target.is_symlink() or not target.is_file() or target.stat().st_size > most:
            raise CloakUnavailable(_("The server's own program wrote no picture, so nothing was published."))
        return target.read_bytes()
    except OSError as error:
        raise CloakUnavailable(_("The server's own program wrote no picture, so nothing was published.")) from error


def _require_same_size(kind: Format, before: bytes, after: bytes) -> None:
    try:
        written = find_format(after)
        if written is not None and _edges(kind, before) == _edges(written, after):
            return
    except PictureRefused:
        pass
    raise CloakUnavailable(_("The server's own program wrote no picture of the same size, so nothing was published."))


def _edges(kind: Format, data: bytes) -> tuple[int, ...]:
    """Both edges, the shorter first: a program may have turned the picture upright."""
    header: Header = CONTAINERS[kind].read_header(data)
    return (*sorted((header.width, header.height)), header.frames)
