"""Files on this machine's disk."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from storage.errors import MediaUnavailable, NotFound
from storage.media.names import Namespace, is_name, place_of

PIECE = 256 * 1024
FILE_MODES = {"public": 0o644, "private": 0o600}
FOLDER_MODES = {"public": 0o755, "private": 0o700}
# What a file is called until it is whole; a killed process may leave one behind.
UNFINISHED = ".part"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class LocalMedia:
    """A MediaStore in a folder; a web server may serve `public/` from it directly."""

    root: Path

    async def put(self, namespace: Namespace, name: str, content: bytes | Path) -> None:
        """Keep a file: written aside, flushed to the disk, then renamed to what it is called."""
        path = self.path(namespace, name)
        await _off_the_loop(name, lambda: _write(path, content, FILE_MODES[namespace], FOLDER_MODES[namespace]))

    async def replace(self, namespace: Namespace, name: str, content: bytes) -> None:
        """Keep the same in another wrapping, whole or not at all."""
        path = self.path(namespace, name)
        await _off_the_loop(name, lambda: _write_aside(path, content, FILE_MODES[namespace], FOLDER_MODES[namespace]))

    async def read(self, namespace: Namespace, name: str) -> bytes:
        """The whole content; raises NotFound."""
        return await _off_the_loop(name, self.path(namespace, name).read_bytes)

    async def stream(
        self, namespace: Namespace, name: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """The content from byte `start` up to, not including, `end`, in pieces; raises NotFound."""
        path, left = self.path(namespace, name), await self.size(namespace, name) if end is None else end
        with await _off_the_loop(name, lambda: path.open("rb")) as file:
            file.seek(start)
            left -= start
            while left > 0 and (piece := await asyncio.to_thread(file.read, min(PIECE, left))):
                left -= len(piece)
                yield piece

    def path(self, namespace: Namespace, name: str) -> Path:
        """Where the file is, or would be."""
        return self.root / place_of(namespace, name)

    async def exists(self, namespace: Namespace, name: str) -> bool:
        """Whether there is such a file."""
        return await asyncio.to_thread(self.path(namespace, name).is_file)

    async def size(self, namespace: Namespace, name: str) -> int:
        """How many bytes it has; raises NotFound."""
        return (await _off_the_loop(name, self.path(namespace, name).stat)).st_size

    async def delete(self, namespace: Namespace, name: str) -> None:
        """Forget the file, if there is one."""
        path = self.path(namespace, name)
        await _off_the_loop(name, lambda: path.unlink(missing_ok=True))

    async def names(self, namespace: Namespace) -> AsyncIterator[str]:
        """The name of every file, in no order."""
        folder = self.root / namespace
        for shard in await asyncio.to_thread(lambda: sorted(folder.glob("??/??"))):
            for name in await asyncio.to_thread(os.listdir, shard):
                if is_name(name):
                    yield name

    def adopt(self, namespace: Namespace, name: str, source: Path) -> None:
        """Keep a file of this machine, sharing its bytes where both lie on one disk; blocks, and raises OSError."""
        path = self.path(namespace, name)
        _make_folder(path.parent, FOLDER_MODES[namespace])
        try:
            os.link(source, path)
        except FileExistsError:
            return
        except FileNotFoundError:
            raise
        except OSError:  # another disk, or one that knows no links
            _write(path, source, FILE_MODES[namespace], FOLDER_MODES[namespace])

    def keep_only(self, keep: Collection[tuple[Namespace, str]]) -> int:
        """Remove every other file, half-written ones too; how many went. Blocks, and raises OSError."""
        kept = {self.path(namespace, name) for namespace, name in keep}
        others = [path for path in self.root.glob("*/??/??/*") if path not in kept]
        for path in others:
            path.unlink(missing_ok=True)
        return len(others)

    async def remove_unfinished(self, before: datetime) -> int:
        """Remove what killed processes left half-written before then; how many files."""
        return await asyncio.to_thread(_remove_unfinished, self.root, before.timestamp())


async def _off_the_loop(name: str, work: Callable[[], Result]) -> Result:
    """Do what waits for the disk in a thread, and translate what goes wrong."""
    try:
        return await asyncio.to_thread(work)
    except FileNotFoundError as error:
        raise NotFound("file", name) from error
    except OSError as error:
        raise MediaUnavailable(f"file {name}: {error.strerror}") from error


def _write(path: Path, content: bytes | Path, file_mode: int, folder_mode: int) -> None:
    if not path.is_file():
        _write_aside(path, content, file_mode, folder_mode)


def _write_aside(path: Path, content: bytes | Path, file_mode: int, folder_mode: int) -> None:
    _make_folder(path.parent, folder_mode)
    descriptor, aside = tempfile.mkstemp(dir=path.parent, suffix=UNFINISHED)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            _copy(content, file.fileno())
            os.fchmod(file.fileno(), file_mode)
            os.fsync(file.fileno())
        Path(aside).rename(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def _copy(content: bytes | Path, descriptor: int) -> None:
    with open(descriptor, "wb", closefd=False) as file:
        if isinstance(content, bytes):
            file.write(content)
            return
        with content.open("rb") as source:
            shutil.copyfileobj(source, file, PIECE)


def _make_folder(folder: Path, mode: int) -> None:
    """Make a folder and those above it, each known to the disk before anything is put into it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent, mode)
    with suppress(FileExistsError):
        folder.mkdir()
        folder.chmod(mode)
        _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    """A rename is on the disk when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_unfinished(root: Path, before: float) -> int:
    removed = 0
    for path in root.glob(f"*/??/??/*{UNFINISHED}"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()
                removed += 1
    return removed
