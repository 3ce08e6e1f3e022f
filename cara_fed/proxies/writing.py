"""Writing what web servers read: whole files, renamed into place, and only when there is something new in them."""

import asyncio
import logging
import os
import tempfile
from pathlib import Path

from activitypub.opt_out import OptOut
from cara_fed.blocklist.guard import BlocklistGuard
from cara_fed.blocklist.policy import BlocklistPolicy
from cara_fed.config import Config
from cara_fed.opt_out.agents import Agent
from cara_fed.opt_out.crawlers import Crawlers
from cara_fed.proxies.caddy import build_caddy_headers
from cara_fed.proxies.nginx import build_nginx_headers, build_nginx_maps
from cara_fed.translate.opt_outs import signals_for
from storage.database import Database

log = logging.getLogger(__name__)

FILE_MODE = 0o644


class ProxyFiles:
    """One for each process; they all write the same. ``server.proxy_files`` names the folder, or nothing."""

    def __init__(self, config: Config, database: Database, blocklist: BlocklistGuard, crawlers: Crawlers) -> None:
        folder = config.server.proxy_files
        self._folder = config.resolve(folder) if folder else None
        self._database = database
        self._blocklist = blocklist
        self._crawlers = crawlers
        self._written: tuple[BlocklistPolicy, tuple[Agent, ...]] | None = None
        self.say(config)

    def say(self, config: Config) -> None:
        """Let the files say what these settings state, from the next refresh on."""
        default = config.opt_out.default
        self._said = {policy: signals_for(policy, config.site, default) for policy in OptOut}
        self._written = None

    async def refresh(self) -> bool:
        """Write the files anew if the list or the known crawlers changed; whether anything was written."""
        now = (self._blocklist.policy, self._crawlers.agents)
        if self._folder is None or (self._written is not None and all(map(_is, now, self._written))):
            return False
        files = {
            "nginx-maps.conf": build_nginx_maps(await self._find_revoked(), now[1], self._said),
            "nginx-headers.conf": build_nginx_headers(self._said),
            "caddy-headers.conf": build_caddy_headers(self._said),
        }
        self._written = now  # a folder that cannot be written to is told of once, not every second
        return await asyncio.to_thread(_write_all, self._folder, files)

    async def _find_revoked(self) -> list[int]:
        async with self._database.reading() as records:
            hosts = await records.hosts.find_all_numbers()
        find = self._blocklist.find_refusing
        return [number for netloc, number in hosts.items() if find(netloc) is not None]


def _is(one: object, other: object) -> bool:
    return one is other


def _write_all(folder: Path, files: dict[str, str]) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = [name for name, text in files.items() if _write(folder / name, text.encode())]
    except OSError as error:
        log.warning("server.proxy_files: %s cannot be written, so nginx and Caddy read what is old: %s", folder, error)
        return False
    return bool(written)


def _write(path: Path, content: bytes) -> bool:
    if path.is_file() and path.read_bytes() == content:
        return False  # whoever watches the file need not read it again
    descriptor, aside = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), FILE_MODE)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return True
