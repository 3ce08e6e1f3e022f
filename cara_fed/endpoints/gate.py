"""The gate before our documents: who asks, whether they are listed, and what may be shown without a signature."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from activitypub.errors import SignatureMalformed, SignatureMissing
from activitypub.origins import netloc_of
from activitypub.signatures import WEB_BOT_TAG, HttpRequest, read_signatures
from cara_fed.blocklist.doors import Door
from cara_fed.capabilities import WEB_HOST_NUMBER
from cara_fed.federation.authentication import Authenticator, claimed_key_ids
from cara_fed.services import Services

HOSTS_IN_MEMORY: Final = 20_000


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks for a document: a verified signer, or anybody. `host_number` goes into the pictures' URLs."""

    actor_id: str | None = None
    netloc: str | None = None
    host_number: int = WEB_HOST_NUMBER

    @property
    def is_known(self) -> bool:
        """Whether the request was signed."""
        return self.actor_id is not None


ANYBODY: Final = Viewer()


class Gate:
    """Decides by signature, blocklist and `authorized_fetch`. One for each process: it remembers hosts' numbers."""

    def __init__(self, services: Services, authenticator: Authenticator) -> None:
        self._services = services
        self._authenticator = authenticator
        self._numbers: OrderedDict[str, int] = OrderedDict()

    async def identify(self, request: HttpRequest) -> Viewer:
        """Who asks. Raises RefusedByBlocklist for the listed, and a SignatureError where a signature is not good."""
        if not is_signed(request):
            return ANYBODY
        self.refuse_listed(request)
        sender = await self._authenticator.authenticate(request)
        self._services.blocklist.require_not_listed(Door.FETCH, sender.actor_id, sender.key_id)
        netloc = netloc_of(sender.actor_id)
        return Viewer(sender.actor_id, netloc, await self._number(netloc))

    async def admit(self, request: HttpRequest) -> Viewer:
        """Like `identify`, for what only servers may read: raises SignatureMissing where `authorized_fetch` is on."""
        viewer = await self.identify(request)
        self.require_signature(viewer)
        return viewer

    def require_signature(self, viewer: Viewer) -> None:
        """Raise SignatureMissing for anybody, where `authorized_fetch` is on."""
        if not viewer.is_known and self._services.config.federation.authorized_fetch:
            raise SignatureMissing("this is served to signed requests alone (authorized fetch)")

    def refuse_listed(self, request: HttpRequest) -> None:
        """Raise RefusedByBlocklist where a listed one claims to ask; nothing is verified, so nothing is fetched."""
        if is_signed(request):
            self._services.blocklist.require_not_listed(Door.FETCH, *claimed_key_ids(request))

    async def _number(self, netloc: str) -> int:
        if (number := self._numbers.get(netloc)) is not None:
            self._numbers.move_to_end(netloc)
            return number
        async with self._services.database.unit_of_work() as records:
            number = await records.hosts.number_for(netloc, self._services.clock.now())
        self._numbers[netloc] = number
        if len(self._numbers) > HOSTS_IN_MEMORY:
            self._numbers.popitem(last=False)
        return number


def is_signed(request: HttpRequest) -> bool:
    """Whether the request carries a server's signature, good or bad; a web bot's says nothing here."""
    if WEB_BOT_TAG in (request.value("signature-input") or "") and _is_web_bots(request):
        return False
    return any(name in ("signature", "signature-input") for name, _ in request.headers) or any(
        value.startswith("Signature ") for value in request.values("authorization")
    )


def _is_web_bots(request: HttpRequest) -> bool:
    try:
        return not read_signatures(request)
    except SignatureMissing:
        return True
    except SignatureMalformed:
        return False
