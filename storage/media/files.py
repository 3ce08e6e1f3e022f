"""What every keeper of files can do, and how one is opened."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from storage.errors import MediaUnavailable
from storage.media.local import LocalMedia
from storage.media.names import Namespace

__all__ = ["MediaStore", "Namespace", "S3Options", "open_media"]


class MediaStore(Protocol):
    """Files by namespace and name: the SHA-256 of the content in hexadecimal, with an extension or without.

    A name says what is in its file, so what is in it never changes: putting it again does nothing. Every method but
    `path` raises MediaUnavailable where the disk or the object store fails, and MediaNameInvalid for another kind of
    name.
    """

    async def put(self, namespace: Namespace, name: str, content: bytes | Path) -> None:
        """Keep a file, whole or not at all; when this returns, it survives a crash."""

    async def replace(self, namespace: Namespace, name: str, content: bytes) -> None:
        """Keep the same in another wrapping: whoever reads meanwhile gets the one or the other, never a part."""

    async def read(self, namespace: Namespace, name: str) -> bytes:
        """The whole content; raises NotFound."""

    def stream(self, namespace: Namespace, name: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The content from byte `start` up to, not including, `end`, in pieces; raises NotFound."""

    def path(self, namespace: Namespace, name: str) -> Path | None:
        """Where the file is on this machine, for serving without copying; None where it is elsewhere."""

    async def exists(self, namespace: Namespace, name: str) -> bool:
        """Whether there is such a file."""

    async def size(self, namespace: Namespace, name: str) -> int:
        """How many bytes it has; raises NotFound."""

    async def delete(self, namespace: Namespace, name: str) -> None:
        """Forget the file, if there is one."""

    def names(self, namespace: Namespace) -> AsyncIterator[str]:
        """The name of every file, in no order: for copies and for finding what nothing refers to."""


@dataclass(frozen=True, slots=True)
class S3Options:
    """How to reach an object store; both keys are needed."""

    endpoint: str | None = None
    region: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)


def open_media(place: str, options: S3Options | None = None) -> MediaStore:
    """The files in a folder (`data/media`) or an object store (`s3://bucket/prefix`).

    Raises MediaUnavailable where the name of the place makes no sense or the support for it is not installed.
    """
    if not place.startswith("s3://"):
        return LocalMedia(Path(place))
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    if not bucket:
        raise MediaUnavailable("an object store is named s3://bucket/prefix")
    try:
        # The object store's library is an extra: whoever keeps files on disk need not have it.
        s3 = import_module("storage.media.s3")
    except ModuleNotFoundError as error:
        raise MediaUnavailable(f"s3:// needs {error.name}: install cara-fed[s3]") from error
    return cast(MediaStore, s3.S3Media.open(bucket, prefix.strip("/"), options or S3Options()))
