"""Copying picture files: each once, by its hash, and looked at on the way."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from cara_fed.backups.manifest import MediaFile, hash_file
from storage.errors import NotFound
from storage.media import NAMESPACES, LocalMedia, MediaStore, Namespace

PIECE_BYTES = 1 << 20
ARCHIVE = ".zip"
"""What artists take out is made of what is copied anyhow, and goes within days."""


@dataclass(slots=True)
class PictureCopies:
    """What has been copied so far: every file that is whole in the copy, and those that were found damaged."""

    files: dict[tuple[Namespace, str], int] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)
    new: int = 0

    @property
    def list(self) -> tuple[MediaFile, ...]:
        """The files for the manifest."""
        return tuple(
            MediaFile(namespace=namespace, name=name, size=size) for (namespace, name), size in self.files.items()
        )


async def copy_new(source: MediaStore, target: LocalMedia, copies: PictureCopies) -> None:
    """Copy every file that the target lacks. What somebody deletes meanwhile is left out."""
    for namespace in NAMESPACES:
        async for name in source.names(namespace):
            if not name.endswith(ARCHIVE):
                await _copy_one(source, target, copies, (namespace, name))


async def _copy_one(source: MediaStore, target: LocalMedia, copies: PictureCopies, file: tuple[Namespace, str]) -> None:
    if file in copies.files or file[1] in copies.damaged:
        return
    path = target.path(*file)
    if not path.is_file():
        try:
            if not await _fetch(source, target, *file):
                copies.damaged.add(file[1])
                return
        except NotFound:
            return
        copies.new += 1
    copies.files[file] = path.stat().st_size


async def _fetch(source: MediaStore, target: LocalMedia, namespace: Namespace, name: str) -> bool:
    """Whether the file is what its name says, and therefore copied."""
    local = source.path(namespace, name)
    if local is not None:
        return await asyncio.to_thread(_take_local, local, target, namespace, name)
    with tempfile.TemporaryDirectory(dir=target.root.parent, prefix="fetch-") as folder:
        aside = Path(folder) / "file"
        if await _write_down(source.stream(namespace, name), aside) != name.partition(".")[0]:
            return False
        await asyncio.to_thread(target.adopt, namespace, name, aside)
    return True


def _take_local(path: Path, target: LocalMedia, namespace: Namespace, name: str) -> bool:
    try:
        if hash_file(path) != name.partition(".")[0]:
            return False
        target.adopt(namespace, name, path)
    except FileNotFoundError as error:
        raise NotFound("file", name) from error
    return True


async def _write_down(pieces: AsyncIterator[bytes], path: Path) -> str:
    """Write a stream into a file; its SHA-256."""
    digest = hashlib.sha256()
    with await asyncio.to_thread(path.open, "wb") as file:
        async for piece in pieces:
            digest.update(piece)
            await asyncio.to_thread(file.write, piece)
        file.flush()
        await asyncio.to_thread(os.fsync, file.fileno())
    return digest.hexdigest()
