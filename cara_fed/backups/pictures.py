"""Copying picture files: each once, by its hash, and looked at on the way."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cara_fed.backups.manifest import MediaFile, hash_file
from storage.errors import MediaUnavailable, NotFound
from storage.media import NAMESPACES, LocalMedia, MediaStore, Namespace, SealedMedia
from storage.media.sealed import MAGIC

PIECE_BYTES = 1 << 20
HEAD_BYTES = 64
ARCHIVE = ".zip"
"""What artists take out is made of what is copied anyhow, and goes within days."""


@dataclass(slots=True)
class PictureCopies:
    """What has been copied so far: every file that is whole in the copy, and those that were found damaged."""

    known: Mapping[tuple[Namespace, str], MediaFile] = field(default_factory=dict)
    """What the backup before this one says of its files."""
    files: dict[tuple[Namespace, str], MediaFile] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)
    new: int = 0

    @property
    def bytes(self) -> int:
        """How much they take."""
        return sum(file.size for file in self.files.values())


async def copy_new(source: MediaStore, target: LocalMedia, copies: PictureCopies) -> None:
    """Copy every file that the target lacks, sealed ones sealed. What somebody deletes meanwhile is left out."""
    for namespace in NAMESPACES:
        async for name in source.names(namespace):
            if not name.endswith(ARCHIVE):
                await _copy_one(source, target, copies, (namespace, name))


async def _copy_one(source: MediaStore, target: LocalMedia, copies: PictureCopies, file: tuple[Namespace, str]) -> None:
    if file in copies.files or file[1] in copies.damaged:
        return
    try:
        kept = source.inner if isinstance(source, SealedMedia) else source
        head = await _read_sealed_head(kept, *file)
        is_there = await asyncio.to_thread(_holds, target.path(*file), head)
        if not is_there:
            if not await _fetch(source, kept, target, file, is_sealed=bool(head)):
                copies.damaged.add(file[1])
                return
            copies.new += 1
    except NotFound:
        return
    described = copies.known.get(file) if is_there else None
    if described is None:
        described = await asyncio.to_thread(_describe, target.path(*file), file, is_sealed=bool(head))
    copies.files[file] = described


async def _read_sealed_head(kept: MediaStore, namespace: Namespace, name: str) -> bytes:
    """What tells one sealing of an original from another; empty for a file that is kept plain."""
    if namespace == "public":
        return b""
    head = b"".join([piece async for piece in kept.stream(namespace, name, 0, HEAD_BYTES)])
    return head if head.startswith(MAGIC) else b""


def _holds(path: Path, head: bytes) -> bool:
    """Whether the copy is there already, under the same key where it is sealed."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(head)) == head


def _describe(path: Path, file: tuple[Namespace, str], *, is_sealed: bool) -> MediaFile:
    sealed = hash_file(path) if is_sealed else ""
    return MediaFile(namespace=file[0], name=file[1], size=path.stat().st_size, sealed=sealed)


async def _fetch(
    source: MediaStore, kept: MediaStore, target: LocalMedia, file: tuple[Namespace, str], *, is_sealed: bool
) -> bool:
    """Whether the file is what its name says, and therefore copied."""
    if not is_sealed:
        return await _fetch_plain(kept, target, *file)
    try:
        if await _hash_stream(source.stream(*file)) != file[1].partition(".")[0]:
            return False
    except MediaUnavailable:  # damaged, or its key is lost
        return False
    await target.delete(*file)
    with tempfile.TemporaryDirectory(dir=target.root.parent, prefix="fetch-") as folder:
        aside = Path(folder) / "file"
        await _write_down(kept.stream(*file), aside)
        await asyncio.to_thread(target.adopt, *file, aside)
    return True


async def _fetch_plain(kept: MediaStore, target: LocalMedia, namespace: Namespace, name: str) -> bool:
    local = kept.path(namespace, name)
    if local is not None:
        return await asyncio.to_thread(_take_local, local, target, namespace, name)
    with tempfile.TemporaryDirectory(dir=target.root.parent, prefix="fetch-") as folder:
        aside = Path(folder) / "file"
        if await _write_down(kept.stream(namespace, name), aside) != name.partition(".")[0]:
            return False
        await asyncio.to_thread(target.adopt, namespace, name, aside)
    return True


async def _hash_stream(pieces: AsyncIterator[bytes]) -> str:
    digest = hashlib.sha256()
    async for piece in pieces:
        await asyncio.to_thread(digest.update, piece)
    return digest.hexdigest()


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
