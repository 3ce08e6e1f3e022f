"""The key ring: what this process signs with, read once, and read again when another process rotates a key."""

import asyncio
from dataclasses import dataclass

from activitypub.identifiers import Site
from activitypub.keys import Algorithm, PrivateKey
from cara_fed.accounts.key_rows import make_first_keys
from cara_fed.clock import Clock
from storage.database import Database
from storage.keys import Key

REVISION = "keys"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that is good for signing now, and the id under which others find its public part."""

    key_id: str
    private_key: PrivateKey


class KeyRing:
    """The current keys of artists and of the instance (whose ``artist_pk`` is None), kept in memory."""

    def __init__(self, database: Database, site: Site, clock: Clock) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._held: dict[tuple[int | None, Algorithm], SigningKey] = {}
        self._revision = -1
        self._times_forgotten = 0
        self._reading = asyncio.Lock()

    async def signing_key(self, artist_pk: int | None, algorithm: Algorithm = "rsa") -> SigningKey:
        """The key to sign with; raises storage's NotFound where there is none, as after an artist's deletion."""
        held = self._held.get((artist_pk, algorithm))
        return held or await self._hold(artist_pk, algorithm)

    async def make_instance_keys(self) -> None:
        """Make what the instance lacks of its own keys; of two processes that start at once, one makes them."""
        if await self._has_instance_keys():
            return
        made = await make_first_keys(self._clock, self._site.instance_actor, None)
        async with self._database.unit_of_work() as records:
            for key in made:
                if await records.keys.find_current(None, key.algorithm) is None:
                    await records.keys.add(key)

    async def refresh(self) -> None:
        """Forget what is held if a key was rotated anywhere since the last time."""
        async with self._database.reading() as records:
            revision = await records.revisions.current(REVISION)
        if revision != self._revision:
            self.forget()
        self._revision = revision

    def forget(self) -> None:
        """Read every key anew at its next use."""
        self._held.clear()
        self._times_forgotten += 1

    async def _hold(self, artist_pk: int | None, algorithm: Algorithm) -> SigningKey:
        # Many deliveries of one artist begin at once: one of them reads, the others wait.
        async with self._reading:
            if held := self._held.get((artist_pk, algorithm)):
                return held
            times_forgotten = self._times_forgotten
            async with self._database.reading() as records:
                key = _read_key(await records.keys.get_current(artist_pk, algorithm))
            if self._times_forgotten == times_forgotten:  # else it may be one that was rotated while it was read
                self._held[(artist_pk, algorithm)] = key
            return key

    async def _has_instance_keys(self) -> bool:
        async with self._database.reading() as records:
            return {key.algorithm for key in await records.keys.find_all(None)} >= {"rsa", "ed25519"}


def _read_key(key: Key) -> SigningKey:
    algorithm: Algorithm = "rsa" if key.algorithm == "rsa" else "ed25519"
    return SigningKey(key.key_id, PrivateKey(algorithm, key.private_pem, key.public_pem))
