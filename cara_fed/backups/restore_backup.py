"""An instance made of a backup: into an empty data folder, with its domain, keys and sessions; or nothing is made."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

from cara_fed.backups.folders import MEDIA
from cara_fed.backups.make_backup import DATABASE, SECRETS
from cara_fed.backups.manifest import (
    BackupUnusable,
    Manifest,
    MediaFile,
    hash_file,
    read_manifest,
    read_media_list,
    require_state,
)
from cara_fed.config import Config, database_url
from cara_fed.errors import CaraFedError
from cara_fed.kept_secrets import KEPT_SECRETS, keep_secret
from cara_fed.services import open_media_of
from storage.database import Database
from storage.media import NAMESPACES, LocalMedia, MediaStore, SealedMedia
from storage.snapshots import holds_something, kind_of, put_snapshot_back

Progress = Callable[[str], None]


class NotEmpty(CaraFedError):
    """There is an instance, or something else, where one is to be made."""


async def restore_backup(config: Config, folder: Path, progress: Progress) -> Manifest:
    """Make the instance that a backup holds. The database comes last, so that a killed command may be run again.

    Raises BackupUnusable, NotEmpty, or a StorageError.
    """
    manifest = await asyncio.to_thread(read_manifest, folder)
    _require_same_instance(config, manifest)
    progress("looking at every file of the backup")
    state = await asyncio.to_thread(require_state, folder, manifest)
    files = await asyncio.to_thread(_require_whole, folder, state)
    media = open_media_of(config)
    await _require_openable(LocalMedia(folder / MEDIA), media, files)
    await _require_empty(config, media, files)
    progress(f"putting {len(files)} picture files back")
    await _put_pictures_back(LocalMedia(folder / MEDIA), media, files)
    progress("putting the database back")
    await put_snapshot_back(database_url(config), state / DATABASE)
    await _put_secrets_back(config, state)
    return manifest


def _require_same_instance(config: Config, manifest: Manifest) -> None:
    base = config.site.base
    if manifest.base != base:
        raise BackupUnusable(f"this is a backup of {manifest.base}, and instance.toml is that of {base}")
    kind = kind_of(database_url(config))
    if manifest.database != kind:
        raise BackupUnusable(f"this backup goes back into {manifest.database}, and storage.database names {kind}")


def _require_whole(folder: Path, state: Path) -> tuple[MediaFile, ...]:
    files, media = read_media_list(state), LocalMedia(folder / MEDIA)
    for file in files:
        path = media.path(file.namespace, file.name)
        if not path.is_file():
            raise BackupUnusable(f"the picture {path} is missing from the backup")
        if hash_file(path) != file.sha256:
            raise BackupUnusable(f"the picture {path} is damaged: its content is not what its name says")
    return files


async def _require_empty(config: Config, media: MediaStore, files: tuple[MediaFile, ...]) -> None:
    """A restore that was killed left pictures of this very backup, and nothing else."""
    if await holds_something(database_url(config)):
        raise NotEmpty("there is an instance here already: a backup is restored into an empty data folder only")
    ours = {(file.namespace, file.name) for file in files}
    for namespace in NAMESPACES:
        async for name in media.names(namespace):
            if (namespace, name) not in ours:
                raise NotEmpty("storage.media holds pictures already: a backup is restored into an empty one only")


async def _require_openable(source: LocalMedia, media: MediaStore, files: tuple[MediaFile, ...]) -> None:
    """The key of sealed originals is in no backup; without it they would be put back for nobody."""
    sealed = next((file for file in files if file.sealed), None)
    if sealed is None:
        return
    if not isinstance(media, SealedMedia):
        raise BackupUnusable("originals in this backup are sealed: name storage.originals_key_file first")
    async for _ in SealedMedia(source, media.keys).stream(sealed.namespace, sealed.name):
        pass


async def _put_pictures_back(source: LocalMedia, media: MediaStore, files: tuple[MediaFile, ...]) -> None:
    """Sealed ones as they are; plain ones are sealed where that is asked for now."""
    kept = media.inner if isinstance(media, SealedMedia) else media
    for file in files:
        path = source.path(file.namespace, file.name)
        await (kept if file.sealed else media).put(file.namespace, file.name, path)


async def _put_secrets_back(config: Config, state: Path) -> None:
    kept = json.loads(await asyncio.to_thread((state / SECRETS).read_bytes))
    database = Database(database_url(config))
    try:
        async with database.unit_of_work() as records:
            for name in (one for one in KEPT_SECRETS if one in kept):  # an older backup lacks the newer ones
                await keep_secret(records, name, bytes.fromhex(kept[name]))
    finally:
        await database.dispose()
