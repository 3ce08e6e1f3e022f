"""Rows of newly made keys: an RSA key that every server can verify, and an Ed25519 key for later."""

import asyncio

from activitypub.keys import Algorithm, PrivateKey, generate_ed25519, generate_rsa
from cara_fed.clock import Clock
from storage.keys import Key

FIRST_FRAGMENTS: dict[Algorithm, str] = {"rsa": "main-key", "ed25519": "ed25519-key"}


async def make_first_keys(clock: Clock, actor_id: str, artist_pk: int | None) -> tuple[Key, ...]:
    """The keys that an actor begins with, `#main-key` and `#ed25519-key`; made in a thread, for RSA takes its time."""
    made = await _generate()
    return tuple(_row(clock, f"{actor_id}#{FIRST_FRAGMENTS[key.algorithm]}", artist_pk, key) for key in made)


async def make_next_keys(clock: Clock, actor_id: str, artist_pk: int | None) -> tuple[Key, ...]:
    """The keys of a rotation. Their ids are new: a peer that knows the old ones has to ask for these."""
    made = await _generate()
    return tuple(_row(clock, f"{actor_id}#key-{clock.new_pk()}", artist_pk, key) for key in made)


async def _generate() -> tuple[PrivateKey, PrivateKey]:
    return await asyncio.to_thread(generate_rsa), generate_ed25519()


def _row(clock: Clock, key_id: str, artist_pk: int | None, key: PrivateKey) -> Key:
    return Key(
        pk=clock.new_pk(),
        artist_pk=artist_pk,
        algorithm=key.algorithm,
        key_id=key_id,
        private_pem=key.private_pem,
        public_pem=key.public_pem,
        created_at=clock.now(),
    )
