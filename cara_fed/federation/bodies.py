"""Reading an answer's body within a limit that counts what comes out of the decompression, not what goes in."""

import zlib
from collections.abc import Callable
from typing import cast

import httpx

from cara_fed.federation.errors import ResponseMalformed, ResponseTooLarge

_GZIP = 16 + zlib.MAX_WBITS
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS

Decode = Callable[[bytes, int], bytes]


async def read_body(response: httpx.Response, max_bytes: int) -> bytes:
    """The whole body, decompressed; raises :class:`ResponseTooLarge` before more than ``max_bytes`` are held."""
    body, whole = await _read(response, max_bytes)
    if not whole:
        raise ResponseTooLarge(f"the answer is larger than {max_bytes} bytes")
    return body


async def read_start(response: httpx.Response, max_bytes: int) -> bytes:
    """The body's first ``max_bytes``: enough of an error page or of a receipt."""
    body, _ = await _read(response, max_bytes)
    return body


async def _read(response: httpx.Response, max_bytes: int) -> tuple[bytes, bool]:
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > max_bytes:
        return b"", False
    decode = _decoder(response.headers.get("content-encoding", ""))
    body = bytearray()
    async for chunk in cast(httpx.AsyncByteStream, response.stream):  # raw, and whether or not it was read before
        body += decode(chunk, max_bytes + 1 - len(body))
        if len(body) > max_bytes:
            return bytes(body[:max_bytes]), False
    return bytes(body), True


def _decoder(encoding: str) -> Decode:
    match encoding.strip().lower():
        case "" | "identity":
            return lambda chunk, _: chunk
        case "gzip" | "x-gzip":
            return _Inflater(_GZIP)
        case "deflate":
            return _Inflater(_GZIP_OR_ZLIB)
    raise ResponseMalformed(f"the answer is encoded as {encoding[:40]!r}, which was not asked for")


class _Inflater:
    """Inflates chunk by chunk, never past what the caller still takes; gzip members may follow each other."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._stream = zlib.decompressobj(window)

    def __call__(self, chunk: bytes, limit: int) -> bytes:
        out = b""
        try:
            while chunk and len(out) < limit:
                if self._stream.eof:
                    self._stream = zlib.decompressobj(self._window)
                out += self._stream.decompress(chunk, limit - len(out))
                chunk = self._stream.unused_data
        except zlib.error as error:
            raise ResponseMalformed("the answer's compression is broken") from error
        return out
