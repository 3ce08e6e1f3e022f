"""Taking a backup: pictures first, then the database, then the pictures that came meanwhile, and the manifest last.

So every file that the database's copy names was there to be copied, and a command that is killed leaves the backup
before it as it was: what it had copied is kept for the next.
"""

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cara_fed.backups.folders import MEDIA, make_state_folder, prune, put_in_force, taken
from cara_fed.backups.manifest import build_manifest, dump_manifest, find_known_files, write_media_list
from cara_fed.backups.pictures import PictureCopies, copy_new
from cara_fed.config import database_url
from cara_fed.kept_secrets import KEPT_SECRETS, get_secret
from cara_fed.services import VERSION, Services
from storage.backups import Backup
from storage.media import LocalMedia
from storage.snapshots import kind_of, take_snapshot

DATABASE, SECRETS, SETTINGS = "database", "secrets.json", "instance.toml"

Progress = Callable[[str], None]
"""Hears, in words, what is done next."""


@dataclass(frozen=True, slots=True)
class BackupMade:
    """What is in the backup: picture files, how many of them are new, their bytes, and names of damaged ones."""

    files: int
    new: int
    bytes: int
    damaged: tuple[str, ...]


async def make_backup(services: Services, folder: Path, settings: Path, progress: Progress) -> BackupMade:
    """Write a backup to a folder of its own, or bring the one in it up to now; ``settings`` is instance.toml.

    Raises BackupUnusable, or a StorageError.
    """
    now = services.clock.now()
    with taken(folder, services.site.base):
        state = make_state_folder(folder, now.strftime("%Y%m%dT%H%M%SZ"))
        copies, media = PictureCopies(find_known_files(folder)), LocalMedia(folder / MEDIA)
        progress("copying pictures")
        await copy_new(services.media, media, copies)
        progress("copying the database")
        await _write_state(services, state, settings)
        progress("copying the pictures that came meanwhile")
        await copy_new(services.media, media, copies)
        await asyncio.to_thread(_finish, services, folder, state, copies)
        made = BackupMade(len(copies.files), copies.new, copies.bytes, tuple(sorted(copies.damaged)))
    row = Backup(
        destination=str(await asyncio.to_thread(folder.resolve)), made_at=now, files=made.files, bytes=made.bytes
    )
    async with services.database.unit_of_work() as records:
        await records.backups.record(row)
    return made


async def _write_state(services: Services, state: Path, settings: Path) -> None:
    (state / DATABASE).mkdir(mode=0o700)
    await take_snapshot(database_url(services.config), state / DATABASE)
    async with services.database.unit_of_work() as records:
        kept = {name: (await get_secret(records, name)).hex() for name in KEPT_SECRETS}
    _write_secretly(state / SECRETS, json.dumps(kept).encode())
    _write_secretly(state / SETTINGS, await asyncio.to_thread(settings.read_bytes))


def _write_secretly(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _finish(services: Services, folder: Path, state: Path, copies: PictureCopies) -> None:
    write_media_list(state, copies.files.values())
    manifest = build_manifest(
        version=VERSION,
        base=services.site.base,
        made_at=services.clock.now(),
        database=kind_of(database_url(services.config)),
        state=state,
        media=copies.files.values(),
    )
    for path in state.rglob("*"):
        _make_durable(path)
    put_in_force(folder, dump_manifest(manifest))
    prune(folder, state.name, copies.files.keys())


def _make_durable(path: Path) -> None:
    if path.is_file():
        path.chmod(0o600)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
