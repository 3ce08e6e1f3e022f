"""`/media/<capability>/<hash>.<ext>`: pictures, to whom they were given, with what may be done with them."""

import re
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Final

from activitypub.opt_out import OptOut, http_headers, signals
from cara_fed.asgi import Answer, Header, Receive, Scope, Send, header
from cara_fed.blocklist.doors import Door
from cara_fed.capabilities import WEB_HOST_NUMBER, Capability, CapabilityInvalid, read_media_path
from cara_fed.endpoints.answers import answer_error, to_headers
from cara_fed.endpoints.crawler_door import CrawlerDoor
from cara_fed.evidence.ledger import Came
from cara_fed.opt_out.crawlers import Place
from cara_fed.proxies.picture_headers import CDN_CACHE_CONTROL, FIXED_HEADERS, TYPES
from cara_fed.services import Services
from storage.errors import MediaUnavailable, NotFound

HOSTS_IN_MEMORY: Final = 20_000

_RANGE: Final = re.compile(r"bytes=([0-9]{1,15})?-([0-9]{1,15})?")
_ALWAYS: Final[tuple[Header, ...]] = (*to_headers(FIXED_HEADERS), (b"accept-ranges", b"bytes"))
_GIVEN: Final[tuple[Header, ...]] = to_headers((CDN_CACHE_CONTROL,))
CHECK_PATH: Final = "/media/check"
"""Where a web server that sends the files itself asks whether it may; the path stands in `X-Forwarded-Uri`."""


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    hash: str
    type: bytes
    capability: Capability
    agent: str = ""

    @property
    def etag(self) -> bytes:
        return f'"{self.hash}"'.encode()


@dataclass(frozen=True, slots=True)
class _Part:
    """The bytes to send, from `start` up to, not including, `end`, of `size`."""

    start: int
    end: int
    size: int

    @property
    def is_whole(self) -> bool:
        return self.end - self.start == self.size


class Media:
    """Serves renditions. An address is checked without a query; only a host not met before is looked up once."""

    def __init__(self, services: Services, door: CrawlerDoor) -> None:
        self._services = services
        self._door = door
        self._hosts: OrderedDict[int, str | None] = OrderedDict()
        self._said: dict[OptOut, tuple[Header, ...]] = {policy: self._headers_of(policy) for policy in OptOut}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request for a picture, or about one."""
        if scope["path"] == CHECK_PATH:
            await (await self._check(scope)).send(send)
            return
        answer = await self._refuse(scope)
        if isinstance(answer, _File):
            try:
                await self._send_file(scope, answer, send)
                return
            except NotFound:
                answer = answer_error(404, "there is no such picture", *self._said[answer.capability.policy])
            except MediaUnavailable as error:
                said = self._said[answer.capability.policy]
                answer = answer_error(503, str(error), (b"retry-after", b"30"), *said)
        await answer.send(send, head_only=scope["method"] == "HEAD")

    async def _check(self, scope: Scope) -> Answer:
        """204 where the file may be sent, else 403: then the picture itself is asked for here, which says why.

        Nothing is counted: what is sent stands in the web server's own log, and what is refused is asked for here.
        """
        path = (header(scope, b"x-forwarded-uri") or b"").decode("latin-1").partition("?")[0]
        file = self._read_path(path)
        if file is None or await self._is_revoked(file.capability.host_number, counts=False):
            return Answer(403)
        asked = {**scope, "path": path, "raw_path": path.encode("latin-1")}
        visitor = await self._door.meet(asked)
        welcome = visitor is None or await self._door.admits(asked, visitor, file.capability.policy)
        return Answer(204) if welcome else Answer(403)

    async def _refuse(self, scope: Scope) -> Answer | _File:
        """The file asked for, or the answer that refuses it."""
        if scope["method"] not in ("GET", "HEAD"):
            return answer_error(405, "pictures are only for looking at", (b"allow", b"GET, HEAD"), *self._site_says)
        file = self._read_path(scope["path"])
        if file is None:
            return answer_error(404, "there is no such picture, or not at this address", *self._site_says)
        if await self._is_revoked(file.capability.host_number):
            self._note(file, Came.REVOKED)
            return answer_error(
                410, "this picture is no longer given to this server", *self._said[file.capability.policy]
            )
        return await self._refuse_crawler(scope, file)

    async def _refuse_crawler(self, scope: Scope, file: _File) -> Answer | _File:
        visitor = await self._door.meet(scope)
        if visitor is None:
            return file
        file = replace(file, agent=visitor.name)
        refusal = await self._door.refuse(scope, visitor, Place.MEDIA, file.capability.policy)
        if refusal is not None:
            self._note(file, Came.REFUSED)
        return refusal or file

    def _note(self, file: _File, came: Came) -> None:
        self._services.ledger.note_fetch(file.hash, file.capability.host_number, came, file.agent)

    def _read_path(self, path: str) -> _File | None:
        named = read_media_path(path)
        if named is None or named.extension not in TYPES:
            return None
        try:
            capability = self._services.capabilities.read(named.capability, named.file_hash)
        except CapabilityInvalid:
            return None
        return _File(named.file_name, named.file_hash, TYPES[named.extension].encode(), capability)

    async def _is_revoked(self, host_number: int, *, counts: bool = True) -> bool:
        if host_number == WEB_HOST_NUMBER:
            return False
        netloc = await self._netloc(host_number)
        if netloc is None:
            return True
        blocklist = self._services.blocklist
        listing = blocklist.refuse(Door.MEDIA, netloc) if counts else blocklist.find_refusing(netloc)
        return listing is not None

    async def _netloc(self, host_number: int) -> str | None:
        if host_number not in self._hosts:
            async with self._services.database.reading() as records:
                host = await records.hosts.find_by_number(host_number)
            self._hosts[host_number] = host.netloc if host else None
            if len(self._hosts) > HOSTS_IN_MEMORY:
                self._hosts.popitem(last=False)
        return self._hosts[host_number]

    async def _send_file(self, scope: Scope, file: _File, send: Send) -> None:
        given = _GIVEN if file.capability.host_number != WEB_HOST_NUMBER else ()
        headers = (*_ALWAYS, *given, (b"etag", file.etag), *self._said[file.capability.policy])
        if file.etag in (header(scope, b"if-none-match") or b""):
            await Answer(304, b"", headers).send(send, head_only=True)
            return
        size = await self._services.media.size("public", file.name)
        part = _read_range(scope, file, size)
        if part is None:
            unsatisfiable = ((b"content-range", b"bytes */%d" % size), *self._said[file.capability.policy])
            await Answer(416, b"", unsatisfiable).send(send)
            return
        await _start(send, part, (*headers, (b"content-type", file.type)))
        if scope["method"] == "GET":
            if part.start == 0:
                self._note(file, Came.SERVED)
            async for piece in self._services.media.stream("public", file.name, part.start, part.end):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    @property
    def _site_says(self) -> tuple[Header, ...]:
        return self._said[self._services.config.opt_out.default]

    def _headers_of(self, policy: OptOut) -> tuple[Header, ...]:
        site_policy = self._services.config.opt_out.default
        return to_headers(http_headers(signals(policy, base_url=self._services.site.base, site_policy=site_policy)))


async def _start(send: Send, part: _Part, headers: tuple[Header, ...]) -> None:
    length = (b"content-length", b"%d" % (part.end - part.start))
    ranged = (b"content-range", b"bytes %d-%d/%d" % (part.start, part.end - 1, part.size))
    everything = [*headers, length] if part.is_whole else [*headers, length, ranged]
    await send({"type": "http.response.start", "status": 200 if part.is_whole else 206, "headers": everything})


def _read_range(scope: Scope, file: _File, size: int) -> _Part | None:
    """What a Range header asks for; the whole where it asks for nothing that we read; None where it cannot be."""
    whole = _Part(0, size, size)
    match = _RANGE.fullmatch((header(scope, b"range") or b"").decode("latin-1").strip())
    if match is None or header(scope, b"if-range") not in (None, file.etag):
        return whole
    first, last = match[1], match[2]
    if first is None and last is None:
        return whole
    if first is None:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), size if last is None else min(int(last) + 1, size)
    return _Part(start, end, size) if start < end else None
