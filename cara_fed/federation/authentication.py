"""Who signed a request: the key is looked up where its owner lives, kept, and fetched once more when it fails."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from activitypub.errors import (
    AuthorityError,
    DocumentError,
    IdentifierError,
    KeyUnusable,
    SignatureError,
    SignatureInvalid,
    SignatureMalformed,
)
from activitypub.keys import Algorithm, PublicKey
from activitypub.origins import netloc_of
from activitypub.signatures import (
    Generation,
    HttpRequest,
    Signature,
    generation_of,
    read_signatures,
    verify_signature,
)
from cara_fed.federation.budgets import Budget, HostRates
from cara_fed.federation.errors import FetchError, NotServed
from cara_fed.federation.resolver import Resolver
from cara_fed.services import Services
from storage.remote_keys import RemoteKey

MAX_SIGNATURES: Final = 3
FETCHES_PER_KEY: Final = 4
KEY_FETCHES_PER_HOST_AND_MINUTE: Final = 30
KEYS_IN_MEMORY: Final = 20_000
KEY_IS_FRESH_FOR: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Sender:
    """The holder of the key that a request was signed with; `actor_id` owns the key, by its own document."""

    actor_id: str
    key_id: str


class SenderUnknown(KeyUnusable):
    """The key could not be fetched; `gone` where its server says that it is no more."""

    def __init__(self, why: str, *, gone: bool) -> None:
        super().__init__(f"the signing key could not be fetched: {why}")
        self.gone = gone


@dataclass(frozen=True, slots=True)
class _Known:
    key: PublicKey
    fetched_at: datetime


def claimed_key_ids(request: HttpRequest) -> tuple[str, ...]:
    """The keys that the request says it was signed with, nothing verified: enough to ask the blocklist.

    Raises SignatureMissing and SignatureMalformed.
    """
    return tuple(dict.fromkeys(signature.key_id for signature in read_signatures(request)))


class Authenticator:
    """Finds out who signed. One for each process: it remembers keys."""

    def __init__(self, services: Services, resolver: Resolver) -> None:
        self._services = services
        self._resolver = resolver
        self._keys: OrderedDict[str, _Known] = OrderedDict()
        self._fetching: dict[str, asyncio.Task[_Known]] = {}
        self._rates = HostRates(KEY_FETCHES_PER_HOST_AND_MINUTE)

    async def authenticate(self, request: HttpRequest) -> Sender:
        """Who signed the request. Of several signatures the first that verifies counts.

        Raises a SignatureError, SenderUnknown among them; BudgetSpent where its server has been asked for keys too
        often this minute; RefusedByBlocklist where the key lies with somebody listed.
        """
        failure: SignatureError = SignatureMalformed("the request has too many signatures")
        signatures = read_signatures(request)
        for signature in signatures[:MAX_SIGNATURES]:
            try:
                sender = await self._authenticate_one(request, signature)
            except SignatureError as error:
                failure = error
            else:
                await self._learn(sender, signature)
                return sender
        raise failure

    async def _authenticate_one(self, request: HttpRequest, signature: Signature) -> Sender:
        now = self._services.clock.now()
        known = held = await self._find(signature.key_id)
        if known is None or now - known.fetched_at > KEY_IS_FRESH_FOR:
            known = await self._renew(signature.key_id, known)
        try:
            verify_signature(request, signature, known.key, now)
        except SignatureInvalid:
            if known is not held:
                raise
            known = await self._fetch(signature.key_id)  # it may have been rotated since
            verify_signature(request, signature, known.key, now)
        return Sender(known.key.owner, known.key.key_id)

    async def _learn(self, sender: Sender, signature: Signature) -> None:
        """Who signs by RFC 9421 takes it, too."""
        if generation_of(signature) is Generation.RFC9421:
            await self._services.generations.hear_rfc9421(netloc_of(sender.actor_id))

    async def _find(self, key_id: str) -> _Known | None:
        if (known := self._keys.get(key_id)) is not None:
            self._keys.move_to_end(key_id)
            return known
        async with self._services.database.reading() as records:
            row = await records.remote_keys.find(key_id)
        return None if row is None else self._remember(key_id, _known(row))

    async def _renew(self, key_id: str, known: _Known | None) -> _Known:
        """A key anew; the old one goes on where its server is just not there."""
        try:
            return await self._fetch(key_id)
        except SenderUnknown as error:
            if known is None or error.gone:
                raise
            return known

    async def _fetch(self, key_id: str) -> _Known:
        """One fetch for everybody who waits for the same key."""
        task = self._fetching.get(key_id)
        if task is None:
            self._rates.spend(_netloc_of(key_id), self._services.clock.now())
            task = asyncio.create_task(self._fetch_and_keep(key_id))
            self._fetching[key_id] = task
            task.add_done_callback(lambda done: self._finish(key_id, done))
        return await asyncio.shield(task)

    def _finish(self, key_id: str, task: asyncio.Task[_Known]) -> None:
        self._fetching.pop(key_id, None)
        if not task.cancelled():
            task.exception()  # seen, even where nobody waits any more

    async def _fetch_and_keep(self, key_id: str) -> _Known:
        try:
            keys = await self._resolver.fetch_keys(key_id, Budget(FETCHES_PER_KEY))
        except (FetchError, AuthorityError, DocumentError, IdentifierError) as error:
            raise SenderUnknown(str(error), gone=isinstance(error, NotServed) and error.gone) from error
        return self._remember(key_id, _choose(keys, key_id))

    def _remember(self, key_id: str, known: _Known) -> _Known:
        self._keys[key_id] = known
        self._keys.move_to_end(key_id)
        if len(self._keys) > KEYS_IN_MEMORY:
            self._keys.popitem(last=False)
        return known


def _choose(keys: Sequence[RemoteKey], key_id: str) -> _Known:
    # Some relays name the actor instead of its key.
    row = next((key for key in keys if key_id in (key.key_id, key.actor_id)), None)
    if row is None:
        raise KeyUnusable("the owner's document does not list the key that the signature names")
    return _known(row)


def _netloc_of(key_id: str) -> str:
    try:
        return netloc_of(key_id)
    except IdentifierError as error:
        raise SenderUnknown(str(error), gone=False) from error


def _known(row: RemoteKey) -> _Known:
    algorithm: Algorithm = "ed25519" if row.algorithm == "ed25519" else "rsa"
    return _Known(PublicKey(row.key_id, row.actor_id, algorithm, row.pem), row.fetched_at)
