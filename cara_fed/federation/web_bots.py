"""Web bots: who a signed visit is from, looked up at the signer's own directory; only where the answer matters."""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from activitypub.documents import parse_document
from activitypub.errors import DocumentError, SignatureError
from activitypub.origins import same_origin
from activitypub.signatures import HttpRequest
from activitypub.signatures.web_bot_auth import DIRECTORY_PATH, WebBotClaim, read_claims, read_directory, verify_claim
from cara_fed.blocklist.policy import Listing
from cara_fed.federation.budgets import HostRates
from cara_fed.federation.errors import FetchError, UrlRefused
from cara_fed.opt_out.agents import Agent
from cara_fed.services import Services

log = logging.getLogger(__name__)

MAX_DIRECTORY_BYTES: Final = 64 * 1024
DIRECTORIES_IN_MEMORY: Final = 500
KEPT_FOR: Final = timedelta(hours=1)
FAILURE_KEPT_FOR: Final = timedelta(minutes=10)
PATIENCE_SECONDS: Final = 5.0
FETCHES_PER_MINUTE: Final = 20
"""Of all directories together: forged visits make us ask nobody more often than that."""
MEDIA_TYPES: Final = frozenset({"application/http-message-signatures-directory+json", "application/json"})
ACCEPT: Final = ", ".join(sorted(MEDIA_TYPES))
_EVERYBODY: Final = "*"


@dataclass(frozen=True, slots=True)
class WebBot:
    """A visitor whose signature verified: its server, and what makes it matter, an entry or what it is known for."""

    netloc: str
    listing: Listing | None = None
    agent: Agent | None = None


@dataclass(frozen=True, slots=True)
class _Directory:
    keys: dict[str, str]
    until: datetime


class WebBots:
    """One for each process: it remembers directories, failures too, and fetches each once for all who wait."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._directories: OrderedDict[str, _Directory] = OrderedDict()
        self._fetching: dict[str, asyncio.Task[_Directory]] = {}
        self._rates = HostRates(FETCHES_PER_MINUTE)

    async def identify(self, request: HttpRequest) -> WebBot | None:
        """Who signed the visit, where that is somebody listed or a known agent; None for all others, and for forgers.

        No directory is fetched for an agent about whom nothing is known here: the answer would change nothing.
        """
        for claim in read_claims(request):
            listing = self._services.blocklist.find_refusing(claim.netloc)
            agent = self._services.crawlers.find_signer(claim.netloc)
            if (listing or agent) and await self._verifies(request, claim):
                return WebBot(claim.netloc, listing, agent)
        return None

    async def _verifies(self, request: HttpRequest, claim: WebBotClaim) -> bool:
        directory = await self._find(claim)
        pem = directory.keys.get(claim.signature.key_id)
        if pem is None:
            return False
        try:
            verify_claim(request, claim, pem, self._services.clock.now())
        except SignatureError as error:
            log.info("a visit in the name of %s is not signed by it: %s", claim.netloc, error)
            return False
        return True

    async def _find(self, claim: WebBotClaim) -> _Directory:
        now = self._services.clock.now()
        known = self._directories.get(claim.origin)
        if known is not None and now < known.until:
            self._directories.move_to_end(claim.origin)
            return known
        return await self._fetch(claim.origin, now)

    async def _fetch(self, origin: str, now: datetime) -> _Directory:
        """One fetch for everybody who waits for the same directory."""
        task = self._fetching.get(origin)
        if task is None:
            try:
                self._rates.spend(_EVERYBODY, now)
            except FetchError:
                return _Directory({}, now)
            task = asyncio.create_task(self._fetch_and_keep(origin, now))
            self._fetching[origin] = task
            task.add_done_callback(lambda _: self._fetching.pop(origin, None))
        return await asyncio.shield(task)

    async def _fetch_and_keep(self, origin: str, now: datetime) -> _Directory:
        try:
            directory = _Directory(await self._read(origin), now + KEPT_FOR)
        except (FetchError, DocumentError, TimeoutError) as error:
            log.info("the keys of %s could not be read: %s", origin, error)
            directory = _Directory({}, now + FAILURE_KEPT_FOR)
        self._directories[origin] = directory
        self._directories.move_to_end(origin)
        if len(self._directories) > DIRECTORIES_IN_MEMORY:
            self._directories.popitem(last=False)
        return directory

    async def _read(self, origin: str) -> dict[str, str]:
        """The keys at an origin. It is asked although it may be listed: without its keys anybody could use its name."""

        def require_same(url: str) -> None:
            if not same_origin(url, origin):
                raise UrlRefused(f"{origin} sends us elsewhere for its keys")

        async with asyncio.timeout(PATIENCE_SECONDS):
            response = await self._services.client.get(
                f"{origin}{DIRECTORY_PATH}", accept=ACCEPT, max_bytes=MAX_DIRECTORY_BYTES, judge=require_same
            )
        if response.status != 200 or response.media_type not in MEDIA_TYPES:
            raise FetchError(f"{origin} answered {response.status} {response.media_type}")
        return read_directory(parse_document(response.body))
