"""Access logs: what nginx or Caddy served by themselves is counted here afterwards, from lines without visitors.

A line of nginx is ``TIME STATUS PATH "AGENT"``, where AGENT is a known crawler's name, as the maps that we write for it
find it, or "-". A line of Caddy is its own JSON without addresses; of it the crawler's name alone is kept.
"""

import asyncio
import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from cara_fed.capabilities import CapabilityInvalid, read_media_path
from cara_fed.errors import InvalidInput
from cara_fed.evidence.ledger import Came
from cara_fed.opt_out.crawlers import Place
from cara_fed.services import Services
from storage.evidence import AccessLog

PIECE: Final = 1024 * 1024
MAX_LINE: Final = 64 * 1024
_NGINX: Final = re.compile(r'\S+ (?P<status>[0-9]{3}) (?P<path>/media/\S+) "(?P<agent>[^"]*)"')
_SERVED: Final = {200: Came.SERVED, 206: Came.SERVED}
_CAME: Final = {**_SERVED, 410: Came.REVOKED}

Key = tuple[str, int, str, str]


@dataclass(frozen=True, slots=True)
class _Request:
    status: int
    path: str
    agent: str


async def read_log_file(services: Services, path: Path) -> int:
    """Count what is new in a log, across its last rotation; how many requests that were. Raises InvalidInput.

    How far it was read is written with the counts, in one transaction: of several processes each line counts once.
    """
    counted, path = 0, await asyncio.to_thread(path.resolve)
    while (found := await _read_piece(services, path)) is not None:
        counted += found
    return counted


async def read_configured_log(services: Services) -> int:
    """The same for the log that instance.toml names, where it names one that is there already."""
    named = services.config.evidence.access_log
    path = services.config.resolve(named) if named else None
    return await read_log_file(services, path) if path is not None and path.is_file() else 0


async def _read_piece(services: Services, path: Path) -> int | None:
    """One piece of the log; None at its end."""
    async with services.database.unit_of_work() as records:
        known = await records.evidence.find_log(str(path))
        place, lines = await asyncio.to_thread(_read_lines, path, known)
        if place is None:
            return None
        counted: Counter[Key] = Counter()
        for line in lines:
            if (key := _read_key(services, line)) is not None:
                counted[key] += 1
                _note_crawler(services, key)
        await records.evidence.count_fetches(counted, services.clock.now())
        await records.evidence.note_log(place)
    return counted.total()


def _read_lines(path: Path, known: AccessLog | None) -> tuple[AccessLog | None, list[bytes]]:
    """Whole lines after the place that was read last, and the place after them; None at the end of the log."""
    try:
        for candidate in _candidates(path, known):
            with candidate.open("rb") as file:
                place, lines = _read_on(path, file, known)
                if lines or (known is not None and place.inode != known.inode):
                    return place, lines
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error
    return None, []


def _candidates(path: Path, known: AccessLog | None) -> list[Path]:
    """What rotation made of the file that was read last, if it is still there, then the file itself."""
    rotated = path.with_name(f"{path.name}.1")
    if known is not None and rotated.is_file() and rotated.stat().st_ino == known.inode:
        return [rotated, path]
    return [path]


def _read_on(path: Path, file: BinaryIO, known: AccessLog | None) -> tuple[AccessLog, list[bytes]]:
    status = os.fstat(file.fileno())
    start = known.offset if known is not None and known.inode == status.st_ino and known.offset <= status.st_size else 0
    file.seek(start)
    piece = file.read(PIECE)
    end = piece.rfind(b"\n") + 1
    if not end and len(piece) > MAX_LINE:
        end = len(piece)  # no line is that long: whatever it is, it is passed over
    return AccessLog(path=str(path), inode=status.st_ino, offset=start + end), piece[:end].splitlines()


def _read_key(services: Services, line: bytes) -> Key | None:
    """What a line counts for: only addresses that we made count, so nobody can write himself into the evidence."""
    is_caddys = line.startswith(b"{")
    request = _read_json(line) if is_caddys else _read_nginx(line)
    # Caddy logs what it passed on to us, too, and that was counted here when it was refused.
    came = (_SERVED if is_caddys else _CAME).get(request.status) if request else None
    read = read_media_path(request.path) if request else None
    if request is None or came is None or read is None:
        return None
    try:
        capability = services.capabilities.read(read.capability, read.file_hash)
    except CapabilityInvalid:
        return None
    agent = services.crawlers.find(request.agent) if request.agent else None
    return read.file_hash, capability.host_number, agent.name if agent else "", str(came)


def _note_crawler(services: Services, key: Key) -> None:
    """A crawler that was served is counted among crawlers, too; one that was refused was counted when it was."""
    agent = services.crawlers.find(key[2]) if key[2] else None
    if agent is not None and key[3] == Came.SERVED:
        services.crawlers.note_visit(agent, Place.MEDIA, refused=False)


def _read_nginx(line: bytes) -> _Request | None:
    match = _NGINX.fullmatch(line.decode("latin-1").strip())
    return _Request(int(match["status"]), match["path"], match["agent"]) if match else None


def _read_json(line: bytes) -> _Request | None:
    try:
        entry: Any = json.loads(line)
        request = entry["request"]
        status, path = int(entry["status"]), str(request["uri"]).partition("?")[0]
        user_agent = next(iter(request.get("headers", {}).get("User-Agent", [])), "")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return _Request(status, path, str(user_agent))
