"""Visitors' pages, kept as bytes: whoever brings no cookie gets what everybody gets."""

import gzip
from dataclasses import dataclass, field, replace

from cara_fed.asgi import Answer, App, Header, Message, Receive, Scope, Send, header
from cara_fed.endpoints.answers import answer_conditionally
from cara_fed.endpoints.kept_answers import KeptAnswers, is_everyones
from cara_fed.services import Services
from cara_fed.web.static_files import PREFIX as STATIC
from cara_fed.words.wishes import COOKIE, default_tag, find_setting, negotiate

_CONDITIONS = (b"if-none-match", b"if-modified-since")
_GZIP_LEVEL = 6


def keep_pages(services: Services, pages: App) -> App:
    """The pages, of which those that are everybody's are made once for all who ask."""
    kept, default = KeptAnswers(services), default_tag(services.config.instance.languages)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_a_visitors(scope):
            await pages(scope, receive, send)
            return

        async def make() -> Answer:
            collected = _Collected()
            whole = [pair for pair in scope["headers"] if pair[0] not in _CONDITIONS]
            await pages({**scope, "method": "GET", "headers": whole}, receive, collected)
            return _pack(collected.answer) if packed else collected.answer

        packed = _takes_gzip(scope)
        key = scope["path"], scope["query_string"], _language_of(scope, default), packed
        answer = await kept.get(key, make)
        stated, since = ((header(scope, name) or b"").decode("latin-1") for name in _CONDITIONS)
        told = answer_conditionally(answer, stated, since)
        await told.send(send, head_only=scope["method"] == "HEAD" or told is not answer)

    return app


def _is_a_visitors(scope: Scope) -> bool:
    """Whether somebody asks for a page without a cookie, or with a language in it and nothing else.

    Static files are kept already, in more than one encoding.
    """
    asks = scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and not scope["path"].startswith(STATIC)
    return asks and (header(scope, b"cookie") is None or _setting_of(scope) is not None)


def _takes_gzip(scope: Scope) -> bool:
    wished = (header(scope, b"accept-encoding") or b"").decode("latin-1").lower().replace(" ", "").split(",")
    return any(one == "gzip" or (one.startswith("gzip;q=") and one.rstrip("0.") != "gzip;q=") for one in wished)


def _pack(answer: Answer) -> Answer:
    """The page as gzip, where it is everybody's: the length of one with a secret in it would tell of that (BREACH)."""
    if not answer.body or not is_everyones(answer):
        return answer
    headers = (*answer.headers, (b"content-encoding", b"gzip"))
    return replace(answer, body=gzip.compress(answer.body, _GZIP_LEVEL, mtime=0), headers=headers)


def _language_of(scope: Scope, default: str) -> str:
    """The language of the page that this visitor gets: few, whatever browsers ask for."""
    wished = header(scope, b"accept-language") or b""
    return _setting_of(scope) or negotiate(wished.decode("latin-1"), default)


def _setting_of(scope: Scope) -> str | None:
    name, _, value = (header(scope, b"cookie") or b"").decode("latin-1").partition("=")
    return find_setting(value) if name == COOKIE else None


@dataclass(slots=True)
class _Collected:
    """What an application sends, put together. Pages are small, and made before the first byte is sent."""

    status: int = 500
    headers: list[Header] = field(default_factory=list)
    body: list[bytes] = field(default_factory=list)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.body.append(message.get("body", b""))

    @property
    def answer(self) -> Answer:
        headers = tuple((name.lower(), value) for name, value in self.headers if name.lower() != b"content-length")
        return Answer(self.status, b"".join(self.body), headers)
