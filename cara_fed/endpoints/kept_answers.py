"""Answers as bytes, for everybody: what many ask for at once is made once, and made anew when anything was changed."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakValueDictionary

from cara_fed.asgi import Answer
from cara_fed.endpoints.answers import OK
from cara_fed.services import Services

ANSWERS_IN_MEMORY: Final = 256
KEPT_FOR: Final = timedelta(seconds=1)
"""What another process changes is seen after so long."""

NEVER_SHOWN: Final = frozenset(
    {"access_logs", "alt_proposals", "audit_log", "backups", "crawler_visits", "deliveries", "drafts", "exports",
     "heartbeats", "hosts", "inbox_log", "mail_addresses", "mails", "notifications", "outbox_log", "passkeys",
     "picture_fetches", "post_updates", "post_visits", "rate_limits", "recovery_codes", "remote_keys", "reports",
     "rewrites", "second_factors", "sessions", "tokens", "uploads"}
)  # fmt: skip
"""Tables of which no visitor is shown anything: what is sent and received all the time makes no answer old."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, at how many changes and when it was made."""

    answer: Answer
    changes: int
    made_at: datetime


class KeptAnswers:
    """Answers to visitors, by what was asked. One for each process and kind of thing."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept: OrderedDict[tuple[object, ...], _Kept] = OrderedDict()
        self._turns: WeakValueDictionary[tuple[object, ...], asyncio.Lock] = WeakValueDictionary()

    async def get(self, key: tuple[object, ...], make: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer that is kept, or else a new one; kept where it says itself that it is everybody's."""
        if (answer := self._find(key)) is not None:
            return answer
        if key not in self._kept:
            return await self._make(key, make)
        # Of all who ask while it is old, one makes it anew.
        async with self._turns.setdefault(key, asyncio.Lock()):
            return self._find(key) or await self._make(key, make)

    def _find(self, key: tuple[object, ...]) -> Answer | None:
        kept = self._kept.get(key)
        if kept is None or kept.changes != self._changes or self._services.clock.now() - kept.made_at >= KEPT_FOR:
            return None
        self._kept.move_to_end(key)
        return kept.answer

    async def _make(self, key: tuple[object, ...], make: Callable[[], Awaitable[Answer]]) -> Answer:
        changes, now = self._changes, self._services.clock.now()
        answer = await make()
        self._kept.pop(key, None)
        if is_everyones(answer):
            self._kept[key] = _Kept(answer, changes, now)
            if len(self._kept) > ANSWERS_IN_MEMORY:
                self._kept.popitem(last=False)
        return answer

    @property
    def _changes(self) -> int:
        return self._services.database.changes.count(without=NEVER_SHOWN)


def is_everyones(answer: Answer) -> bool:
    """Whether an answer says of itself that all may be given the same."""
    stated = dict(answer.headers)
    is_public = stated.get(b"cache-control", b"").startswith(b"public")
    return answer.status == OK and is_public and b"set-cookie" not in stated
