"""`/media/remote/<signed address>`: other servers' pictures, with what their artists say about them."""

import hashlib
from typing import Final

from activitypub.opt_out import OptOut, http_headers
from cara_fed.asgi import Answer, Header, Receive, Scope, Send, header
from cara_fed.endpoints.answers import answer_error, to_headers
from cara_fed.endpoints.crawler_door import CrawlerDoor
from cara_fed.opt_out.crawlers import Place
from cara_fed.remote_media.links import PREFIX, LinkInvalid, RemoteFile, RemoteLinks
from cara_fed.remote_media.proxy import RemoteFileUnavailable, open_remote_media
from cara_fed.services import Services
from cara_fed.translate.opt_outs import signals_for

_ALWAYS: Final[tuple[Header, ...]] = (
    (b"cache-control", b"private, max-age=86400"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-disposition", b"inline"),
)


class RemotePictures:
    """Serves remote pictures to our own pages."""

    def __init__(self, services: Services, door: CrawlerDoor) -> None:
        self._services = services
        self._door = door
        self._links = RemoteLinks(services.session_key)
        self._media = open_remote_media(services)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request for a picture."""
        answer = await self._answer(scope)
        await answer.send(send, head_only=scope["method"] == "HEAD" or answer.status == 304)

    async def _answer(self, scope: Scope) -> Answer:
        if scope["method"] not in ("GET", "HEAD"):
            return answer_error(405, "pictures are only for looking at", (b"allow", b"GET, HEAD"))
        try:
            file = self._links.read(scope["path"].removeprefix(PREFIX))
        except LinkInvalid:
            return answer_error(404, "there is no such picture, or not at this address")
        visitor = await self._door.meet(scope)
        if visitor and (refusal := await self._door.refuse(scope, visitor, Place.MEDIA, file.policy)):
            return refusal
        return await self._answer_file(scope, file)

    async def _answer_file(self, scope: Scope, file: RemoteFile) -> Answer:
        try:
            shown = await self._media.get(file)
        except RemoteFileUnavailable as error:
            return answer_error(404, str(error), *self._say(file.policy))
        etag = f'"{hashlib.sha256(shown.content).hexdigest()[:32]}"'.encode()
        headers = (*_ALWAYS, (b"etag", etag), *self._say(shown.policy))
        if etag in (header(scope, b"if-none-match") or b""):
            return Answer(304, b"", headers)
        return Answer(200, shown.content, (*headers, (b"content-type", shown.media_type.encode())))

    def _say(self, policy: OptOut) -> tuple[Header, ...]:
        services = self._services
        return to_headers(http_headers(signals_for(policy, services.site, services.config.opt_out.default)))
