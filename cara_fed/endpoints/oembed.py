"""`/oembed`: a public post of ours, for who wants to show it on a page of theirs (oEmbed 1.0)."""

import json
import re
from collections.abc import Mapping
from typing import Final

from activitypub.documents import Json
from activitypub.errors import ProtocolError
from activitypub.identifiers import PostRef
from activitypub.opt_out import OPT_OUT_CONTEXT
from cara_fed.asgi import Answer, Header
from cara_fed.endpoints.actors import headers_of
from cara_fed.endpoints.answers import answer_bytes, answer_error, etag_of, public_for
from cara_fed.endpoints.calls import Call
from cara_fed.endpoints.crawler_door import CrawlerDoor, Visitor
from cara_fed.endpoints.kept_answers import KeptAnswers
from cara_fed.endpoints.posts import find_post
from cara_fed.endpoints.refusals import NotHere
from cara_fed.endpoints.shown_posts import FOR_EVERYONE, load_posts
from cara_fed.feeds.xml import DECLARATION, element, named, text
from cara_fed.opt_out.crawlers import Place
from cara_fed.services import Services
from cara_fed.translate.embeds import CACHE_SECONDS, Box, Embedder
from cara_fed.translate.opt_outs import effective_opt_out, signals_for
from cara_fed.translate.posts import PostRows
from cara_fed.translate.views import Gallery, cover_of

_ALWAYS: Final[tuple[Header, ...]] = (
    public_for(CACHE_SECONDS),
    (b"x-content-type-options", b"nosniff"),
    (b"access-control-allow-origin", b"*"),
)
_TYPES: Final = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
_PIXELS: Final = re.compile("[1-9][0-9]{0,8}")
_NAMESPACES: Final = {f"xmlns:{prefix}": OPT_OUT_CONTEXT[prefix] for prefix in ("tdm", "plus")}


class OEmbed:
    """Serves embeds. What is not for everyone is not here, and what is covered is not shown under another roof."""

    def __init__(self, services: Services, door: CrawlerDoor) -> None:
        self._services = services
        self._door = door
        self._default = services.config.opt_out.default
        gallery = Gallery(services.site, self._default, services.capabilities)
        self._embedder = Embedder(gallery, self._default, services.config.instance.name)
        self._kept = KeptAnswers(services)

    async def embed(self, call: Call) -> Answer:
        """`?url=` the address of a post, `maxwidth`, `maxheight`, `format` (json or xml)."""
        media_type = _TYPES.get(call.query.get("format", "json"))
        if media_type is None:
            return answer_error(501, "the formats are json and xml")
        visitor = await self._door.meet(call.scope)

        async def make() -> Answer:
            return await self._answer(call, media_type, visitor)

        # Whoever is known at the door is told what holds for them; everybody else the same.
        return await make() if visitor else await self._kept.get((call.scope["query_string"],), make)

    async def _answer(self, call: Call, media_type: str, visitor: Visitor | None) -> Answer:
        box, rows = _read_box(call.query), await self._find(call.query.get("url", ""))
        policy = effective_opt_out(self._default, rows.artist, rows.post)
        if visitor and (refusal := await self._door.refuse(call.scope, visitor, Place.PAGE, policy)):
            return refusal
        said = headers_of(signals_for(policy, self._services.site, self._default))
        if cover_of(rows) is not None:
            # What the specification wants of 401: a link to the page, and nothing of what is in it.
            return answer_error(401, "this post is covered by its artist: link to it", *said)
        document = self._embedder.build(rows, box)
        body = _write_xml(document) if media_type == _TYPES["xml"] else _write_json(document)
        return answer_bytes(body, media_type, *_ALWAYS, etag_of(body), *said)

    async def _find(self, url: str) -> PostRows:
        """The post at one of its addresses; raises NotHere also for what is not for everyone, or gone."""
        address, site = url.partition("#")[0].rstrip("/"), self._services.site
        located = site.locate_page(address) or site.locate(address)
        if not isinstance(located, PostRef) or self._services.suspended.hides(f"/@{located.name}"):
            raise NotHere
        async with self._services.database.reading() as records:
            artist, post = await find_post(records, located.name, located.pk)
            if post.deleted_at is not None or post.visibility not in FOR_EVERYONE:
                raise NotHere
            [(rows, _)] = await load_posts(records, artist, [post])
        return rows


def _read_box(query: Mapping[str, str]) -> Box:
    stated = {name: query[f"max{name}"] for name in ("width", "height") if f"max{name}" in query}
    if not all(_PIXELS.fullmatch(pixels) for pixels in stated.values()):
        raise ProtocolError("maxwidth and maxheight are numbers of pixels")
    return Box(**{name: int(pixels) for name, pixels in stated.items()})


def _write_json(document: Json) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _write_xml(document: Json) -> bytes:
    values = (element(name, text(str(value))) for name, value in document.items())
    return (DECLARATION + named("oembed", _NAMESPACES, *values)).encode()
