"""Originals sealed at rest: AES-256-GCM in pieces, under keys that may be changed; what was kept plain stays readable.

A sealed file is MAGIC, the key's id, a random prefix, then pieces of PIECE bytes, each with its tag. A piece's nonce
is the prefix, its number, and whether it is the last (the STREAM construction), and its associated data are the head
and the file's name: no piece can be left out, moved, or taken for one of another file.
"""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import MediaUnavailable
from storage.media.files import MediaStore
from storage.media.names import Namespace

MAGIC = b"cara_fed sealed\x01"
KEY_BYTES = 32
PIECE = 256 * 1024
_ID, _PREFIX, _TAG = 8, 7, 16
_HEAD = len(MAGIC) + _ID + _PREFIX


@dataclass(frozen=True, slots=True)
class SealingKeys:
    """The key that seals, and those that only open what was sealed before; each of 32 bytes."""

    sealing: bytes = field(repr=False)
    others: tuple[bytes, ...] = field(default=(), repr=False)

    def find(self, key_id: bytes) -> bytes | None:
        """The key with this id."""
        return next((key for key in (self.sealing, *self.others) if id_of(key) == key_id), None)


def id_of(key: bytes) -> bytes:
    """Eight bytes that name a key and tell nothing of it."""
    return hashlib.sha256(b"cara_fed sealing key\0" + key).digest()[:_ID]


@dataclass(frozen=True, slots=True)
class SealedMedia:
    """A MediaStore over another one: its private files are sealed on their way in and opened on their way out."""

    inner: MediaStore
    keys: SealingKeys

    async def put(self, namespace: Namespace, name: str, content: bytes | Path) -> None:
        """Keep a file; a private one is sealed, piece by piece, in a file aside."""
        if namespace == "public" or await self.inner.exists(namespace, name):
            await self.inner.put(namespace, name, content)
            return
        with tempfile.TemporaryDirectory(prefix="sealed-") as folder:
            aside = Path(folder) / "file"
            await asyncio.to_thread(_write, aside, _seal(_pieces(content), self.keys.sealing, name))
            await self.inner.put(namespace, name, aside)

    async def replace(self, namespace: Namespace, name: str, content: bytes) -> None:
        """Keep the same in another wrapping; a private file is sealed."""
        if namespace == "private":
            content = b"".join(_seal(_pieces(content), self.keys.sealing, name))
        await self.inner.replace(namespace, name, content)

    async def is_outdated(self, name: str) -> bool:
        """Whether a private file is kept plain, or sealed with another key than the one that seals now."""
        head = await self._read_head("private", name)
        return head is None or head[len(MAGIC) : len(MAGIC) + _ID] != id_of(self.keys.sealing)

    async def seal_anew(self, name: str) -> None:
        """Seal a private file with the key that seals now, whatever it was kept in; raises NotFound.

        Raises MediaUnavailable, and leaves the file as it is, where its key is missing or its content is not what its
        name says.
        """
        content = await self.read("private", name)
        if await asyncio.to_thread(_hash, content) != name.partition(".")[0]:
            raise MediaUnavailable(f"file {name}: it is damaged: its content is not what its name says")
        await self.replace("private", name, content)

    async def read(self, namespace: Namespace, name: str) -> bytes:
        """The whole content; raises NotFound."""
        return b"".join([piece async for piece in self.stream(namespace, name)])

    async def stream(
        self, namespace: Namespace, name: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """The content from byte `start` up to, not including, `end`, in pieces; raises NotFound."""
        head = await self._read_head(namespace, name)
        if head is None:
            plain = self.inner.stream(namespace, name, start, end)
            first = await anext(plain, b"")
            # Opened now: what is still plain was so then, even if somebody is sealing what was kept.
            head = await self._read_head(namespace, name)
            if head is None:
                yield first
                async for piece in plain:
                    yield piece
                return
        size = await self.size(namespace, name)
        stop = size if end is None else min(end, size)
        async for number, piece in self._open(namespace, name, head, start // PIECE, stop):
            offset = number * PIECE
            yield piece[max(0, start - offset) : stop - offset]

    def path(self, namespace: Namespace, name: str) -> Path | None:
        """Where a public file is; a private one is nowhere as it is."""
        return self.inner.path(namespace, name) if namespace == "public" else None

    async def exists(self, namespace: Namespace, name: str) -> bool:
        """Whether there is such a file."""
        return await self.inner.exists(namespace, name)

    async def size(self, namespace: Namespace, name: str) -> int:
        """How many bytes it has when it is open; raises NotFound."""
        size = await self.inner.size(namespace, name)
        if await self._read_head(namespace, name) is None:
            return size
        return size - _HEAD - _TAG * _count(size)

    async def delete(self, namespace: Namespace, name: str) -> None:
        """Forget the file, if there is one."""
        await self.inner.delete(namespace, name)

    def names(self, namespace: Namespace) -> AsyncIterator[str]:
        """The name of every file, in no order."""
        return self.inner.names(namespace)

    async def _read_head(self, namespace: Namespace, name: str) -> bytes | None:
        """The head of a sealed file; None for one that is kept plain."""
        if namespace == "public":
            return None
        head = b"".join([piece async for piece in self.inner.stream(namespace, name, 0, _HEAD)])
        return head if head.startswith(MAGIC) else None

    async def _open(
        self, namespace: Namespace, name: str, head: bytes, first: int, stop: int
    ) -> AsyncIterator[tuple[int, bytes]]:
        """The pieces from number `first` up to the one that holds the last byte before `stop`."""
        cipher, last = self._cipher(head, name), _count(await self.inner.size(namespace, name)) - 1
        number, waiting = first, b""
        start = _HEAD + first * (PIECE + _TAG)
        async for came in self.inner.stream(namespace, name, start):
            waiting += came
            while len(waiting) >= PIECE + _TAG and number < last:
                yield number, _open_piece(cipher, head, name, number, waiting[: PIECE + _TAG], is_last=False)
                waiting, number = waiting[PIECE + _TAG :], number + 1
                if number * PIECE >= stop:
                    return
        yield number, _open_piece(cipher, head, name, number, waiting, is_last=number == last)

    def _cipher(self, head: bytes, name: str) -> AESGCM:
        key = self.keys.find(head[len(MAGIC) : len(MAGIC) + _ID])
        if key is None:
            raise MediaUnavailable(f"file {name}: it was sealed with a key that storage.originals_key_file lacks")
        return AESGCM(key)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _seal(pieces: Iterable[bytes], key: bytes, name: str) -> Iterator[bytes]:
    head = MAGIC + id_of(key) + os.urandom(_PREFIX)
    yield head
    cipher, number, waiting = AESGCM(key), 0, b""
    for piece in pieces:
        if waiting:
            yield cipher.encrypt(_nonce(head, number, is_last=False), waiting, _bound(head, name))
            number += 1
        waiting = piece
    yield cipher.encrypt(_nonce(head, number, is_last=True), waiting, _bound(head, name))


def _open_piece(cipher: AESGCM, head: bytes, name: str, number: int, sealed: bytes, *, is_last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(head, number, is_last=is_last), sealed, _bound(head, name))
    except (InvalidTag, ValueError) as fault:
        raise MediaUnavailable(f"file {name}: it is damaged, or was changed by somebody without the key") from fault


def _nonce(head: bytes, number: int, *, is_last: bool) -> bytes:
    return head[-_PREFIX:] + number.to_bytes(4, "big") + bytes((is_last,))


def _bound(head: bytes, name: str) -> bytes:
    return head + name.encode()


def _count(sealed_size: int) -> int:
    """How many pieces a sealed file of that size has; an empty file has one, which is empty."""
    return max(1, -(-(sealed_size - _HEAD) // (PIECE + _TAG)))


def _pieces(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield from (content[start : start + PIECE] for start in range(0, len(content), PIECE))
        return
    with content.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines(pieces)
