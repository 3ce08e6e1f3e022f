"""A folder of remote files, bounded in size: what was not looked at for longest goes first."""

import asyncio
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

UNFINISHED: Final = ".part"
EVICT_TO: Final = 0.9
"""How full the folder is after something had to go, so that not every new file sends another one away."""
WRITES_BETWEEN_COUNTS: Final = 64
"""Other processes write here too; after so many files of our own the folder is counted anew."""
DISK_LEFT_BYTES: Final = 1024**3


@dataclass(slots=True)
class RemoteCache:
    """One folder, which several processes may share. ``max_bytes`` 0 keeps nothing.

    ``min_free_bytes`` is what the disk must have left: below that nothing is added.
    """

    folder: Path
    max_bytes: int
    min_free_bytes: int = DISK_LEFT_BYTES
    _known_bytes: int = field(default=0, init=False)
    _writes: int = field(default=0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    async def read(self, key: str) -> bytes | None:
        """What is kept under a key, which counts as being looked at; None for nothing."""
        return await asyncio.to_thread(self._read, self.path(key))

    async def write(self, key: str, content: bytes) -> bool:
        """Keep it, and let go of what there is no room for; False where it was not kept."""
        if len(content) > self.max_bytes:
            return False
        return await asyncio.to_thread(self._write, self.path(key), content)

    def path(self, key: str) -> Path:
        """Where a key's file lies, or would."""
        name = hashlib.sha256(key.encode()).hexdigest()
        return self.folder / name[:2] / name

    def _read(self, path: Path) -> bytes | None:
        try:
            content = path.read_bytes()
            os.utime(path)
        except FileNotFoundError:
            return None
        return content

    def _write(self, path: Path, content: bytes) -> bool:
        with self._lock:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if shutil.disk_usage(self.folder).free - len(content) < self.min_free_bytes:
                return False
            self._make_room(len(content))
            _replace(path, content)
            self._known_bytes += len(content)
            self._writes += 1
            return True

    def _make_room(self, size: int) -> None:
        if self._writes % WRITES_BETWEEN_COUNTS and self._known_bytes + size <= self.max_bytes:
            return
        kept = sorted(_list(self.folder))
        self._known_bytes = sum(entry_size for _, entry_size, _ in kept)
        if self._known_bytes + size <= self.max_bytes:
            return
        for _, entry_size, path in kept:
            if self._known_bytes + size <= self.max_bytes * EVICT_TO:
                break
            path.unlink(missing_ok=True)
            self._known_bytes -= entry_size


def _list(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """(last looked at, bytes, path) of every file, half-written ones included: those go first."""
    for shard in folder.iterdir():
        for path in shard.iterdir() if shard.is_dir() else ():
            with suppress(FileNotFoundError):
                stat = path.stat()
                yield stat.st_mtime, stat.st_size, path


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True, mode=0o700)
    descriptor, aside = tempfile.mkstemp(dir=path.parent, suffix=UNFINISHED)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(content)
        Path(aside).rename(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
