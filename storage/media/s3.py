"""Files in an S3-compatible object store."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from storage.errors import MediaUnavailable, NotFound
from storage.media.files import S3Options
from storage.media.names import Namespace, is_name, place_of

if TYPE_CHECKING:
    from obstore import GetOptions
    from obstore.store import S3Config

# Above this a file goes up in parts, which cannot be made conditional.
LARGEST_SINGLE_PUT = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class S3Media:
    """A MediaStore in a bucket, under a prefix; keys are laid out like the folders of a disk."""

    store: S3Store

    @classmethod
    def open(cls, bucket: str, prefix: str, options: S3Options) -> Self:
        """Nothing is asked of the store before the first use. Raises MediaUnavailable without credentials."""
        if not options.access_key_id or not options.secret_access_key:
            # The library would look for others, at last at the cloud's metadata service.
            raise MediaUnavailable("an object store needs an access key and its secret")
        given = {name: value for name, value in asdict(options).items() if value is not None}
        return cls(
            S3Store(
                bucket,
                prefix=prefix or None,
                config=cast("S3Config", given),
                client_options={"allow_http": (options.endpoint or "").startswith("http://"), "timeout": "60s"},
                retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=60)},
            )
        )

    async def put(self, namespace: Namespace, name: str, content: bytes | Path) -> None:
        """Keep a file, unless it is there."""
        key = place_of(namespace, name)
        size = len(content) if isinstance(content, bytes) else (await asyncio.to_thread(content.stat)).st_size
        if size > LARGEST_SINGLE_PUT and await self.exists(namespace, name):
            return
        with _translated(name):
            try:
                await obstore.put_async(
                    self.store,
                    key,
                    content,
                    attributes={"Content-Type": guess_type(name)[0] or "application/octet-stream"},
                    mode="create" if size <= LARGEST_SINGLE_PUT else "overwrite",
                )
            except AlreadyExistsError:
                return

    async def replace(self, namespace: Namespace, name: str, content: bytes) -> None:
        """Keep the same in another wrapping, whole or not at all."""
        with _translated(name):
            await obstore.put_async(self.store, place_of(namespace, name), content, mode="overwrite")

    async def read(self, namespace: Namespace, name: str) -> bytes:
        """The whole content; raises NotFound."""
        with _translated(name):
            result = await obstore.get_async(self.store, place_of(namespace, name))
            return bytes(await result.bytes_async())

    async def stream(
        self, namespace: Namespace, name: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """The content from byte `start` up to, not including, `end`, in pieces; raises NotFound."""
        wanted: GetOptions = {"range": {"offset": start} if end is None else (start, end)}
        with _translated(name):
            result = await obstore.get_async(self.store, place_of(namespace, name), options=wanted)
            async for piece in result.stream():
                yield bytes(piece)

    def path(self, namespace: Namespace, name: str) -> None:
        """Nowhere on this machine."""
        place_of(namespace, name)

    async def exists(self, namespace: Namespace, name: str) -> bool:
        """Whether there is such a file."""
        try:
            await self.size(namespace, name)
        except NotFound:
            return False
        return True

    async def size(self, namespace: Namespace, name: str) -> int:
        """How many bytes it has; raises NotFound."""
        with _translated(name):
            return (await obstore.head_async(self.store, place_of(namespace, name)))["size"]

    async def delete(self, namespace: Namespace, name: str) -> None:
        """Forget the file, if there is one."""
        with _translated(name):
            try:
                await obstore.delete_async(self.store, place_of(namespace, name))
            except FileNotFoundError:
                return

    async def names(self, namespace: Namespace) -> AsyncIterator[str]:
        """The name of every file, in no order."""
        with _translated(namespace):
            async for chunk in obstore.list(self.store, prefix=f"{namespace}/"):
                for item in chunk:
                    name = item["path"].rpartition("/")[2]
                    if is_name(name):
                        yield name


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("file", name) from error
    except (BaseError, ValueError) as error:
        raise MediaUnavailable(f"file {name}: {str(error).splitlines()[0]}") from error
