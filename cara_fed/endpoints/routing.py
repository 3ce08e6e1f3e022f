"""Routing: an address to its endpoint, by table; what is a person's goes on to the pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from activitypub.identifiers import AlbumRef, ArtistRef, CollectionKind, CollectionRef, Located, PostRef, Site
from cara_fed.asgi import Answer, App, ClientGone, Header, Message, Receive, Scope, Send, header
from cara_fed.endpoints.answers import NO_STORE, VARY, answer_conditionally, answer_error
from cara_fed.endpoints.calls import Call, Route
from cara_fed.endpoints.negotiation import wants_document
from cara_fed.endpoints.refusals import REFUSALS, MethodNotAllowed, answer_refusal
from cara_fed.federation.media_types import ACTIVITY_JSON

Kind = type[Located] | CollectionKind
"""What an id names: a kind of thing, or one of an artist's collections."""

_HIDDEN: Final = answer_error(403, "this artist is suspended here", NO_STORE)
_HAS_PAGE: Final = (ArtistRef, PostRef, AlbumRef)


@dataclass(frozen=True, slots=True)
class Table:
    """Endpoints by exact path, by the kind of thing that an id names, and by the end or the beginning of the path."""

    paths: Mapping[str, Route]
    kinds: Mapping[Kind, Route]
    prefixes: Mapping[str, App]
    endings: Mapping[str, Route]


class Router:
    """The whole instance as one ASGI application: servers' endpoints here, everything else in `pages`.

    ``hides`` says of a path that its artist is suspended: no document of theirs is served, and nothing is taken.
    """

    def __init__(self, site: Site, table: Table, pages: App, hides: Callable[[str], bool]) -> None:
        self._site = site
        self._table = table
        self._pages = pages
        self._hides = hides

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, as ASGI 3 calls it."""
        if scope["type"] != "http":
            await self._pages(scope, receive, send)
        elif (raw := self._find_raw(scope["path"])) is not None:
            await raw(scope, receive, send)
        elif (route := self._find_route(scope["path"])) is not None:
            await _answer(route, Call(scope, receive, self._site), send)
        else:
            await self._answer_located(scope, receive, send)

    def _find_raw(self, path: str) -> App | None:
        return next((app for prefix, app in self._table.prefixes.items() if path.startswith(prefix)), None)

    def _find_route(self, path: str) -> Route | None:
        return self._table.paths.get(path) or self._table.endings.get(path[path.rfind("/") :])

    async def _answer_located(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What an id or a page's address names, as document or page, whichever is asked for."""
        id = self._site.base + scope["path"]
        located = self._locate(id)
        if located is None and self._is_meant_without_slash(scope):
            await _lead_to(id.rstrip("/"), scope, send)
        elif located is None or (isinstance(located, _HAS_PAGE) and not _wants_document(scope)):
            await self._show_page(scope, receive, send, located)
        elif (route := self._table.kinds.get(_kind_of(located))) is not None:
            call = Call(scope, receive, self._site, located)
            await (_answer_hidden(call, send) if self._hides(scope["path"]) else _answer(route, call, send))
        else:
            await self._pages(scope, receive, send)

    def _is_meant_without_slash(self, scope: Scope) -> bool:
        path = scope["path"]
        located = self._locate(self._site.base + path.rstrip("/")) if path.endswith("/") else None
        return scope["method"] in ("GET", "HEAD") and located is not None

    def _locate(self, id: str) -> Located | None:
        return self._site.locate(id) or self._site.locate_page(id)

    async def _show_page(self, scope: Scope, receive: Receive, send: Send, located: Located | None) -> None:
        """The page; at a document's address it is the page's own, without a redirect."""
        page, document = _addresses(self._site, located)
        if page is None or document is None:
            await self._pages(scope, receive, send)
            return
        path = page.removeprefix(self._site.base)
        link = (b"link", f'<{document}>; rel="alternate"; type="{ACTIVITY_JSON}"'.encode())
        await self._pages({**scope, "path": path, "raw_path": path.encode()}, receive, _add_headers(send, link))


async def _answer_hidden(call: Call, send: Send) -> None:
    await _HIDDEN.send(send, head_only=call.scope["method"] == "HEAD")


async def _lead_to(address: str, scope: Scope, send: Send) -> None:
    """To the address as it is meant: people write a slash at its end."""
    query = scope["query_string"].decode("latin-1")
    location = f"{address}?{query}" if query else address
    await Answer(301, headers=((b"location", location.encode("latin-1")), VARY)).send(send)


async def _answer(route: Route, call: Call, send: Send) -> None:
    try:
        answer = await _call(route, call)
    except ClientGone:
        return
    if call.scope["method"] in ("GET", "HEAD"):
        answer = answer_conditionally(answer, call.header(b"if-none-match"), call.header(b"if-modified-since"))
    await answer.send(send, head_only=call.scope["method"] == "HEAD")


async def _call(route: Route, call: Call) -> Answer:
    try:
        if call.scope["method"] not in route.methods:
            raise MethodNotAllowed(*route.methods)
        return await route.endpoint(call)
    except REFUSALS as error:
        return answer_refusal(error)


def _kind_of(located: Located) -> Kind:
    return located.kind if isinstance(located, CollectionRef) else type(located)


def _wants_document(scope: Scope) -> bool:
    return wants_document((header(scope, b"accept") or b"").decode("latin-1"))


def _addresses(site: Site, located: Located | None) -> tuple[str | None, str | None]:
    """The page's URL and the document's id of what has both."""
    match located:
        case ArtistRef(name):
            return site.profile_page(name), site.actor(name)
        case PostRef(name, pk):
            return site.post_page(name, pk), site.post(name, pk)
        case AlbumRef(name, slug):
            return site.album_page(name, slug), site.album(name, slug)
    return None, None


def _add_headers(send: Send, link: Header) -> Send:
    """Say on what the answer depends; and, where there is something, where else it is."""

    async def send_with_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            added = (VARY, link) if message["status"] < 400 else (VARY,)
            message = {**message, "headers": [*message.get("headers", ()), *added]}
        await send(message)

    return send_with_more
