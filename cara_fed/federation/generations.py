"""Which signatures other hosts understand: learnt from what they do, remembered for a while, forgotten when wrong."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from activitypub.signatures import Generation
from cara_fed.clock import Clock
from storage.database import Database

# What nearly every server verifies; snac even answers 202 to what it then cannot verify, so nothing is tried blindly.
FIRST_KNOCK: Final = Generation.DRAFT_CAVAGE
REMEMBERED_FOR: Final = timedelta(days=30)
REFUSAL_REMEMBERED_FOR: Final = timedelta(days=7)
RENEWED_AFTER: Final = timedelta(days=1)
READ_AGAIN_AFTER: Final = timedelta(minutes=5)
HOSTS_IN_MEMORY: Final = 20_000


@dataclass(frozen=True, slots=True)
class _Held:
    generation: Generation | None
    seen_at: datetime
    read_at: datetime


class Generations:
    """What is known of hosts by their netloc, in the database for all processes, and for minutes in this one's memory.

    Nothing is known of most hosts: they get draft-cavage.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._held: OrderedDict[str, _Held] = OrderedDict()

    async def choose(self, netloc: str) -> Generation:
        """What to sign the first request with."""
        held = await self._find(netloc)
        is_known = held.generation is Generation.RFC9421 and self._age(held) < REMEMBERED_FOR
        return Generation.RFC9421 if is_known else FIRST_KNOCK

    async def hear_rfc9421(self, netloc: str) -> None:
        """Note that a host signs by RFC 9421, or says that it takes it, unless it refused ours a few days ago."""
        held = await self._find(netloc)
        lasts = RENEWED_AFTER if held.generation is Generation.RFC9421 else REFUSAL_REMEMBERED_FOR
        if held.generation is None or self._age(held) >= lasts:
            await self.record(netloc, Generation.RFC9421)

    async def record(self, netloc: str, generation: Generation | None) -> None:
        """Note what a host took after it had refused the other; None where it is to be found out again."""
        now = self._clock.now()
        async with self._database.unit_of_work() as records:
            await records.hosts.record_signature_generation(netloc, generation, now)
        self._hold(netloc, _Held(generation, now, now))

    async def _find(self, netloc: str) -> _Held:
        now = self._clock.now()
        held = self._held.get(netloc)
        if held is not None and now - held.read_at < READ_AGAIN_AFTER:
            return held
        read = await self._read(netloc, now)
        meanwhile = self._held.get(netloc)
        if meanwhile is not None and meanwhile is not held:
            return meanwhile  # heard while this was being read, and newer than it
        self._hold(netloc, read)
        return read

    async def _read(self, netloc: str, now: datetime) -> _Held:
        async with self._database.reading() as records:
            host = await records.hosts.find(netloc)
        if host is None or host.signature_generation is None or host.signature_seen_at is None:
            return _Held(None, now, now)
        return _Held(Generation(host.signature_generation), host.signature_seen_at, now)

    def _hold(self, netloc: str, held: _Held) -> None:
        self._held[netloc] = held
        self._held.move_to_end(netloc)
        if len(self._held) > HOSTS_IN_MEMORY:
            self._held.popitem(last=False)

    def _age(self, held: _Held) -> timedelta:
        return self._clock.now() - held.seen_at
