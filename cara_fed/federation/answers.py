"""Reading HTTP/1.1 answers from the bytes of a connection, within bounds."""

import httptools

from cara_fed.federation.errors import ConnectionFailed, ResponseMalformed, ResponseTooLarge
from cara_fed.federation.wire import Answer, Bounds, join_headers, most_bytes

_NOTHING = Bounds(0, 0, 0)


class AnswerReader:
    """Takes the answers of one connection, one after another; llhttp does the parsing.

    The methods that begin with ``on_`` are llhttp's callbacks.
    """

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self.begin(_NOTHING)

    def begin(self, bounds: Bounds) -> None:
        """Expect the next answer."""
        self._bounds = bounds
        self._status = self._received = self._most = 0
        self._fields: list[tuple[bytes, bytes]] = []
        self._headers: dict[str, str] | None = None
        self._body = bytearray()
        self._is_whole = True
        self.is_complete = False
        """Whether nothing more is needed of this answer."""
        self.may_go_on = False
        """Whether the connection is good for another exchange."""

    @property
    def is_begun(self) -> bool:
        """Whether any of the answer came."""
        return self._received > 0

    def feed(self, data: bytes) -> None:
        """Take what came. Raises ResponseMalformed, ResponseTooLarge."""
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not self.is_complete:
                raise ResponseMalformed("not an HTTP answer") from error
            self.may_go_on = False  # the answer is whole, and what follows it is not asked for
        if self._headers is None and self._received > self._bounds.headers:
            raise ResponseTooLarge(f"more than {self._bounds.headers} bytes of headers")

    def end(self) -> None:
        """The other side said all that it will say. Raises ConnectionFailed where that is too little."""
        if self._headers is None or "content-length" in self._headers or "transfer-encoding" in self._headers:
            raise ConnectionFailed("the connection broke")
        self.is_complete = True

    def answer(self) -> Answer:
        """The answer, once it is complete. Raises ResponseTooLarge for its headers."""
        size = sum(len(name) + len(value) + 4 for name, value in self._fields)
        if size > self._bounds.headers:
            raise ResponseTooLarge(f"{size} bytes of headers")
        return Answer(self._status, self._headers or {}, bytes(self._body), self._is_whole)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.is_complete:
            self._fields.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if self.is_complete:
            return
        if status < 200:  # 100 Continue, 103 Early Hints: the answer is still to come
            self._fields.clear()
            return
        self._status, self._headers = status, join_headers(self._fields)
        self._most = most_bytes(status, self._bounds)
        declared = self._headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self._most:
            self._cut()

    def on_body(self, chunk: bytes) -> None:
        if self.is_complete:
            return
        self._body += chunk
        if len(self._body) > self._most:
            del self._body[self._most :]
            self._cut()

    def on_message_complete(self) -> None:
        if self.is_complete:
            self.may_go_on = False  # a second answer to one request
        elif self._headers is not None:
            self.is_complete = True
            self.may_go_on = self._parser.should_keep_alive()

    def _cut(self) -> None:
        """Take no more: the rest of this answer is not worth its bytes, and so neither is the connection."""
        self._is_whole = False
        self.is_complete = True
