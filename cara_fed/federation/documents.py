"""Fetching documents: signed by the instance, labelled rightly, and believed only from their own origin."""

from collections.abc import Mapping

from activitypub.documents import Json, parse_document
from activitypub.errors import DocumentError, ForeignOrigin, IdUnacceptable
from activitypub.identifiers import Site
from activitypub.origins import IdRule, netloc_of, require_same_origin
from cara_fed.accounts.keyring import KeyRing
from cara_fed.blocklist.doors import Door
from cara_fed.blocklist.guard import BlocklistGuard
from cara_fed.federation.budgets import Budget
from cara_fed.federation.client import ACTIVITY_ACCEPT, FederationClient, Response, Signer
from cara_fed.federation.errors import NotADocument, NotServed
from cara_fed.federation.knocking import knock
from cara_fed.federation.media_types import is_activity_type
from cara_fed.services import Services
from cara_fed.words.speech import _

MAX_PAGE_BYTES = 512 * 1024
KIBIBYTE = 1024


class DocumentFetcher:
    """Asks other servers for documents. Nothing listed is asked, and nothing of our own."""

    def __init__(self, services: Services) -> None:
        self._site: Site = services.site
        self._services = services
        self._client: FederationClient = services.client
        self._keyring: KeyRing = services.keyring
        self._blocklist: BlocklistGuard = services.blocklist
        self._rule = IdRule(allow_http=services.site.scheme == "http")
        self._max_bytes = services.config.federation.max_document_kib * KIBIBYTE

    async def fetch(self, id: str, budget: Budget) -> Json:
        """The document with this id, as its own server tells it.

        Where the answer calls itself by another id, that one is asked instead, once: a page's URL leads to its object,
        a key's path to its actor, and nobody speaks for another server. Raises a FetchError, a ProtocolError or
        RefusedByBlocklist.
        """
        response, document = await self._ask(id, budget)
        stated = self._stated_id(document)
        if not _is_itself(stated, id, response):
            response, document = await self._ask(stated, budget)
            if not _is_itself(self._stated_id(document), stated, response):
                raise ForeignOrigin(f"{netloc_of(id)} does not stand by the id of what it serves")
        return document

    async def fetch_json(self, url: str, accept: str, budget: Budget) -> Json:
        """A JSON object that is no ActivityPub document, such as WebFinger's. Raises as `fetch` does."""
        response = await self._get(url, accept, budget, self._max_bytes)
        return _parse(response)

    async def fetch_any(self, url: str, budget: Budget) -> Response:
        """A page or a document, whichever the server has for this URL. Raises as `fetch` does."""
        return await self._get(url, f"{ACTIVITY_ACCEPT}, text/html;q=0.1", budget, MAX_PAGE_BYTES)

    async def _ask(self, id: str, budget: Budget) -> tuple[Response, Json]:
        response = await self._get(id.partition("#")[0], ACTIVITY_ACCEPT, budget, self._max_bytes)
        if not is_activity_type(response.headers.get("content-type", "")):
            raise NotADocument(_("%(host)s did not answer with an ActivityPub document", host=netloc_of(id)))
        return response, _parse(response)

    async def _get(self, url: str, accept: str, budget: Budget, max_bytes: int) -> Response:
        self._require_askable(url)
        budget.spend()
        key = await self._keyring.signing_key(None)

        async def ask(signer: Signer) -> Response:
            return await self._client.get(url, accept=accept, max_bytes=max_bytes, signer=self._guarded(signer))

        response = await knock(self._services, url, key, ask)
        if not response.ok:
            raise NotServed(netloc_of(url), response.status)
        return response

    def _guarded(self, signer: Signer) -> Signer:
        """Every hop is judged before it is asked: a redirect may lead to somebody listed, or back to us."""

        def sign(method: str, url: str, body: bytes | None) -> Mapping[str, str]:
            self._require_askable(url)
            return signer(method, url, body)

        return sign

    def _require_askable(self, url: str) -> None:
        self._rule.require(url)
        if self._site.is_local(url):
            raise IdUnacceptable("an id of this very server names nothing that another one could tell")
        self._blocklist.require_not_listed(Door.RESOLVE, url)

    def _stated_id(self, document: Json) -> str:
        stated = document.get("id")
        if not isinstance(stated, str):
            raise NotADocument("a document without an id proves nothing")
        return self._rule.require(stated)


def _is_itself(stated: str, asked: str, response: Response) -> bool:
    """Whether the document is the one asked for, and came from where its id lies (a redirect may lead elsewhere)."""
    if stated.partition("#")[0] != asked.partition("#")[0]:
        return False
    require_same_origin(stated, response.url)
    return True


def _parse(response: Response) -> Json:
    try:
        return parse_document(response.body, max_bytes=len(response.body))
    except DocumentError as error:
        raise NotADocument(f"{netloc_of(response.url)}: {error}") from error
