"""Pages as bytes, for visitors: what many ask for at once is made once, and made anew when anything in it changed."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cara_fed.asgi import Answer, App, Header, Message, Receive, Scope, Send, header
from cara_fed.endpoints.answers import OK, answer_conditionally
from cara_fed.services import Services
from cara_fed.web.static_files import PREFIX as STATIC

PAGES_IN_MEMORY: Final = 256
KEPT_FOR: Final = timedelta(seconds=1)
"""What another process changes is seen after so long."""

NEVER_SHOWN: Final = frozenset(
    {"access_logs", "audit_log", "backups", "crawler_visits", "deliveries", "drafts", "exports", "heartbeats", "hosts",
     "inbox_log", "mail_addresses", "mails", "notifications", "outbox_log", "passkeys", "picture_fetches",
     "post_updates", "post_visits", "rate_limits", "recovery_codes", "remote_keys", "reports", "rewrites",
     "second_factors", "sessions", "tokens", "uploads"}
)  # fmt: skip
"""Tables of which no visitor's page shows anything: what is sent and received all the time makes no page old."""

_Key = tuple[str, bytes, bytes]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A page, at how many changes and when it was made."""

    answer: Answer
    changes: int
    made_at: datetime


class KeptPages:
    """One for each process. Only what says that it is everybody's is kept; whoever brings a cookie gets their own."""

    def __init__(self, services: Services, pages: App) -> None:
        self._services = services
        self._pages = pages
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, as ASGI 3 calls it."""
        if not _is_a_visitors(scope):
            await self._pages(scope, receive, send)
            return
        answer = self._find(scope) or await self._make(scope, receive)
        stated, since = header(scope, b"if-none-match"), header(scope, b"if-modified-since")
        told = answer_conditionally(answer, (stated or b"").decode("latin-1"), (since or b"").decode("latin-1"))
        await told.send(send, head_only=scope["method"] == "HEAD" or told is not answer)

    def _find(self, scope: Scope) -> Answer | None:
        kept = self._kept.get(_key(scope))
        if kept is None or kept.changes != self._changes or self._services.clock.now() - kept.made_at >= KEPT_FOR:
            return None
        self._kept.move_to_end(_key(scope))
        return kept.answer

    async def _make(self, scope: Scope, receive: Receive) -> Answer:
        changes, now, collected = self._changes, self._services.clock.now(), _Collected()
        whole = [pair for pair in scope["headers"] if pair[0] not in (b"if-none-match", b"if-modified-since")]
        await self._pages({**scope, "method": "GET", "headers": whole}, receive, collected)
        answer = collected.answer
        if answer.status == OK and _is_everyones(answer):
            self._kept[_key(scope)] = _Kept(answer, changes, now)
            if len(self._kept) > PAGES_IN_MEMORY:
                self._kept.popitem(last=False)
        return answer

    @property
    def _changes(self) -> int:
        return self._services.database.changes.count(without=NEVER_SHOWN)


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


def _is_a_visitors(scope: Scope) -> bool:
    """Whether somebody without a cookie asks for a page. Static files are kept already, in more than one encoding."""
    asks = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    return asks and header(scope, b"cookie") is None and not scope["path"].startswith(STATIC)


def _key(scope: Scope) -> _Key:
    return scope["path"], scope["query_string"], header(scope, b"accept-language") or b""


def _is_everyones(answer: Answer) -> bool:
    stated = dict(answer.headers)
    return stated.get(b"cache-control", b"").startswith(b"public") and b"set-cookie" not in stated
