"""Key pairs made once for a whole run of the tests: RSA keys take longer to make than most stories to tell."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count

from activitypub.keys import PrivateKey, generate_ed25519, generate_rsa
from cara_fed.accounts.key_rows import FIRST_FRAGMENTS
from cara_fed.clock import Clock
from storage.keys import Key


@cache
def rsa_key(number: int) -> PrivateKey:
    """The run's key pair of that number."""
    return generate_rsa()


@dataclass
class KeyPairs:
    """Hands out key pairs, never the same one twice."""

    numbers: Iterator[int] = field(default_factory=count)

    def next_rsa(self) -> PrivateKey:
        return rsa_key(next(self.numbers))

    def first_rows(self, clock: Clock, actor_id: str, artist_pk: int | None) -> tuple[Key, ...]:
        """The rows that an artist or an instance begins with."""
        return tuple(
            Key(
                pk=clock.new_pk(),
                artist_pk=artist_pk,
                algorithm=key.algorithm,
                key_id=f"{actor_id}#{FIRST_FRAGMENTS[key.algorithm]}",
                private_pem=key.private_pem,
                public_pem=key.public_pem,
                created_at=clock.now(),
            )
            for key in (self.next_rsa(), generate_ed25519())
        )
