"""The folder of a backup: taken by one command at a time, changed only so that a whole backup stays in it."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cara_fed.backups.manifest import NAME, BackupUnusable
from storage.media import LocalMedia, Namespace

MARK: Final = "cara-fed-backup"
"""The file that tells a backup's folder from anybody's: it holds the address of the instance."""
STATES: Final = "state-*"
MEDIA: Final = "media"


@contextmanager
def taken(folder: Path, base: str) -> Iterator[Path]:
    """The folder, made where it is missing, for as long as the block lasts; raises BackupUnusable."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _require_ours(folder, base)
        with (folder / MARK).open("a+", encoding="utf-8") as mark:
            _lock(folder, mark.fileno())
            _sign(mark.fileno(), base)
            yield folder
    except OSError as error:
        raise BackupUnusable(f"{folder} cannot be written: {error.strerror or error}") from error


def make_state_folder(folder: Path, stamp: str) -> Path:
    """A new folder for what this backup holds besides pictures."""
    return Path(tempfile.mkdtemp(prefix=f"state-{stamp}-", dir=folder))


def put_in_force(folder: Path, manifest: bytes) -> None:
    """Replace the manifest in one step; from here on this backup is the one in the folder."""
    aside = folder / f"{NAME}.part"
    with aside.open("wb") as file:
        file.write(manifest)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(folder / NAME)
    flush(folder)


def prune(folder: Path, state: str, keep: Collection[tuple[Namespace, str]]) -> int:
    """Remove what the backup in force does not name; how many picture files went."""
    for old in folder.glob(STATES):
        if old.name != state:
            shutil.rmtree(old, ignore_errors=True)
    return LocalMedia(folder / MEDIA).keep_only(keep)


def flush(folder: Path) -> None:
    """A rename is on the disk when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_ours(folder: Path, base: str) -> None:
    mark = folder / MARK
    if not mark.exists():
        if any(folder.iterdir()):
            raise BackupUnusable(f"{folder} holds other files: give a backup a folder of its own")
        return
    other = mark.read_text(encoding="utf-8").strip()
    if other and other != base:
        raise BackupUnusable(f"{folder} holds the backup of {other}: give {base} a folder of its own")


def _lock(folder: Path, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BackupUnusable(f"another backup is being written to {folder} just now") from None


def _sign(descriptor: int, base: str) -> None:
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{base}\n".encode())
    os.fsync(descriptor)
