"""Decoding an answer's body within a limit that counts what comes out of the decompression, not what goes in."""

import zlib
from collections.abc import Callable

from cara_fed.federation.errors import ResponseMalformed, ResponseTooLarge
from cara_fed.federation.wire import Answer

_GZIP = 16 + zlib.MAX_WBITS
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS

Decode = Callable[[bytes, int], bytes]


def decode_body(answer: Answer, max_bytes: int) -> bytes:
    """The whole body, decompressed; raises :class:`ResponseTooLarge` before more than ``max_bytes`` are held."""
    body = _decoder(answer)(answer.body, max_bytes + 1)
    if len(body) > max_bytes or not answer.is_whole:
        raise ResponseTooLarge(f"the answer is larger than {max_bytes} bytes")
    return body


def decode_start(answer: Answer, max_bytes: int) -> bytes:
    """The body's first ``max_bytes``: enough of an error page or of a receipt."""
    return _decoder(answer)(answer.body, max_bytes)[:max_bytes]


def _decoder(answer: Answer) -> Decode:
    encoding = answer.headers.get("content-encoding", "")
    match encoding.strip().lower():
        case "" | "identity":
            return lambda body, _: body
        case "gzip" | "x-gzip":
            return lambda body, limit: _inflate(body, limit, _GZIP)
        case "deflate":
            return lambda body, limit: _inflate(body, limit, _GZIP_OR_ZLIB)
    raise ResponseMalformed(f"the answer is encoded as {encoding[:40]!r}, which was not asked for")


def _inflate(body: bytes, limit: int, window: int) -> bytes:
    """At most ``limit`` bytes of what the body inflates to; gzip members may follow each other."""
    out = bytearray()
    try:
        while body and len(out) < limit:
            stream = zlib.decompressobj(window)
            out += stream.decompress(body, limit - len(out))
            body = stream.unused_data
    except zlib.error as error:
        raise ResponseMalformed("the answer's compression is broken") from error
    return bytes(out)
