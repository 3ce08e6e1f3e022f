"""Forms as they come in: read no faster than they are used, no further than they may be long, files to the disk."""

import asyncio
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, cast

import quart
from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable
from quart import request
from quart.asgi import ASGIHTTPConnection
from quart.formparser import FormDataParser
from quart.wrappers import Body
from werkzeug.exceptions import RequestEntityTooLarge

from cara_fed.web.forms import Upload

FORM_BYTES = 1024 * 1024
"""A form without files is never longer."""
FORM_SECONDS = 60
WAITING_BYTES = 1024 * 1024
"""How much of a body may wait in memory to be used."""
PIECE_BYTES = 256 * 1024
"""How much is decoded at a time, whatever the server passes on at once."""
BETWEEN_PARTS_BYTES = 4 * WAITING_BYTES
"""How much may come that is neither a field nor a file: what Quart passes on as the decoder's buffer."""

# Where /tmp is memory, as on Debian, twenty camera pictures do not belong there.
_ROOMY = Path("/var/tmp")  # noqa: S108 - files there have no names


class BoundedBody(Body):
    """A request's body. Quart's own counts what waits, not what came, and takes as fast as the network gives."""

    def __init__(self, expected_content_length: int | None, max_content_length: int | None) -> None:
        super().__init__(None, None)
        self._expected = expected_content_length or 0
        self._came = 0
        self._limit = max_content_length
        self._taken = memoryview(b"")
        self._room = asyncio.Event()
        self._room.set()
        self._require_fitting()

    async def __anext__(self) -> bytes:
        if not self._taken:
            self._taken = memoryview(await self._take())
            self._room.set()
        piece, self._taken = self._taken[:PIECE_BYTES], self._taken[PIECE_BYTES:]
        return bytes(piece)

    def append(self, data: bytes) -> None:
        """Take what came; too much of it makes whoever reads the body fail."""
        self._came += len(data)
        self._require_fitting()
        super().append(data)
        if len(self._data) > WAITING_BYTES:
            self._room.clear()

    def limit_to(self, size: int) -> None:
        """Take no more than ``size`` bytes in all."""
        self._limit = size
        self._require_fitting()

    async def has_room(self) -> None:
        """Wait until most of what came was used."""
        await self._room.wait()

    async def _take(self) -> bytes:
        try:
            return await super().__anext__()
        except StopAsyncIteration:
            if self._must_raise is not None:
                raise self._must_raise from None
            raise

    def _require_fitting(self) -> None:
        if self._limit is not None and max(self._expected, self._came) > self._limit:
            self._must_raise = RequestEntityTooLarge()
            self.clear()
            self._room.set()
            self.set_complete()


class Connection(ASGIHTTPConnection):
    """A connection that lets the sender wait while its body is being worked on, and leaves no file open."""

    async def handle_request(self, request: quart.Request, send: ASGISendCallable) -> None:
        """Answer; files that were uploaded last as long as this, however it ends."""
        try:
            await super().handle_request(request, send)
        finally:
            cast(FormRequest, request).close_files()

    async def handle_messages(self, request: quart.Request, receive: ASGIReceiveCallable) -> None:
        """Pass the body on, piece by piece; ends where the client goes before it was whole.

        Who goes later has sent everything: a telephone that falls asleep while its pictures are prepared finds them
        published.
        """
        body = cast(BoundedBody, request.body)
        while (message := await receive())["type"] == "http.request":
            body.append(message.get("body", b""))
            if not message.get("more_body", False):
                body.set_complete()
                await asyncio.get_running_loop().create_future()  # until the answer is given
            await body.has_room()


class FormRequest(quart.Request):
    """A request whose files go to the disk, to files without a name that vanish with it."""

    body_class = BoundedBody

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._opened: list[IO[bytes]] = []

    def make_form_data_parser(self) -> FormDataParser:
        """Quart's, with our kind of files."""
        return FormDataParser(
            max_content_length=BETWEEN_PARTS_BYTES,
            max_form_memory_size=self.max_form_memory_size,
            max_form_parts=self.max_form_parts,
            cls=self.parameter_storage_class,
            stream_factory=self._open_file,
        )

    def close_files(self) -> None:
        """Let go of every file, those of a form included that was never read to its end."""
        for file in self._opened:
            file.close()

    def _open_file(self, total: int | None, content_type: str | None, name: str | None, size: int | None) -> IO[bytes]:
        folder = None if "TMPDIR" in os.environ or not _ROOMY.is_dir() else _ROOMY
        self._opened.append(cast(IO[bytes], tempfile.TemporaryFile(dir=folder)))  # noqa: SIM115
        return self._opened[-1]


def expect_plain_form() -> None:
    """Take no more, and wait no longer, than a form without files needs."""
    cast(BoundedBody, request.body).limit_to(FORM_BYTES)
    request.body_timeout = FORM_SECONDS


async def read_fields() -> Mapping[str, str]:
    """The fields of the form that was sent; of a repeated one the first."""
    return (await request.form).to_dict()


async def read_files() -> Mapping[str, Upload]:
    """The files of the form that was sent, those left empty included."""
    return cast(Mapping[str, Upload], (await request.files).to_dict())


def path_of(upload: Upload) -> Path:
    """Where an uploaded file can be read while its request lasts."""
    upload.stream.flush()
    return Path(f"/dev/fd/{upload.stream.fileno()}")
