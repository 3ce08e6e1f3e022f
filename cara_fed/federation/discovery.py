"""Finding the id behind a handle or a page: WebFinger, asked on both sides, and pages that link their document."""

import contextlib
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final
from urllib.parse import quote, urljoin

from activitypub.actors import RemoteActor
from activitypub.documents import Json
from activitypub.errors import ForeignOrigin
from activitypub.identifiers import Handle
from activitypub.origins import netloc_of
from activitypub.webfinger import RemoteHandle, fill_template, read_host_meta, read_jrd
from cara_fed.federation.budgets import Budget
from cara_fed.federation.client import Response
from cara_fed.federation.documents import DocumentFetcher
from cara_fed.federation.errors import FetchError, NotFoundThere, NotServed
from cara_fed.federation.media_types import ACTIVITY_JSON, is_activity_type
from cara_fed.words.speech import _

JRD_ACCEPT: Final = "application/jrd+json, application/json"

_LINK_HEADER: Final = re.compile(r'<([^<>]*)>([^,<]*(?:"[^"]*"[^,<]*)*)')


@dataclass(frozen=True, slots=True)
class Found:
    """The handle as its own domain writes it, and the actor that answers to it."""

    handle: Handle
    actor_id: str


class Discovery:
    """Asks for what has no id yet. Raises a FetchError, a ProtocolError or RefusedByBlocklist."""

    def __init__(self, documents: DocumentFetcher, *, allow_http: bool) -> None:
        self._documents = documents
        self._schemes = ("http", "https") if allow_http else ("https",)

    async def finger(self, handle: Handle, budget: Budget) -> Found:
        """Ask the handle's domain; where it names a subject on another domain, that one has to say the same."""
        answer = await self._ask(handle, budget)
        if not answer.confirms(handle):
            confirmed = await self._ask(answer.subject, budget)
            if not confirmed.confirms(answer.subject, answer.actor_id):
                raise NotFoundThere(
                    _("%(domain)s does not confirm the handle %(handle)s", domain=answer.subject.domain, handle=handle)
                )
        return Found(answer.subject, answer.actor_id)

    async def require_agreement(self, found: Found, actor: RemoteActor, budget: Budget) -> None:
        """Raise ForeignOrigin unless the actor's own server stands by a handle that lies on another domain."""
        if actor.actor_id != found.actor_id:
            raise ForeignOrigin(_("the actor has another id than WebFinger says"))
        netloc = netloc_of(actor.actor_id)
        if netloc == found.handle.domain or actor.webfinger == found.handle:
            return
        answer = await self._ask(Handle(actor.name, netloc), budget)
        if not answer.confirms(found.handle, actor.actor_id):
            raise ForeignOrigin(
                _("%(netloc)s does not know its actor as %(handle)s", netloc=netloc, handle=found.handle)
            )

    async def find_by_url(self, url: str, budget: Budget) -> Json:
        """The document behind a URL: what it is itself, or what its page links as its ActivityPub form."""
        response = await self._documents.fetch_any(url, budget)
        if is_activity_type(response.headers.get("content-type", "")):
            return await self._documents.fetch(url, budget)
        linked = find_alternate(response)
        if linked is None:
            raise NotFoundThere(
                _("%(host)s shows a page there, but no ActivityPub document of it", host=netloc_of(url))
            )
        return await self._documents.fetch(linked, budget)

    async def _ask(self, handle: Handle, budget: Budget) -> RemoteHandle:
        failure: FetchError = NotFoundThere(
            _("%(domain)s does not know %(handle)s", domain=handle.domain, handle=handle)
        )
        for scheme in self._schemes:
            try:
                return await self._ask_by(scheme, handle, budget)
            except NotServed as error:
                raise (failure if error.gone else error) from error
            except FetchError as error:
                failure = error
        raise failure

    async def _ask_by(self, scheme: str, handle: Handle, budget: Budget) -> RemoteHandle:
        base, resource = f"{scheme}://{handle.domain}", f"acct:{handle.acct}"
        try:
            url = f"{base}/.well-known/webfinger?resource={quote(resource, safe='')}"
            document = await self._documents.fetch_json(url, JRD_ACCEPT, budget)
        except NotServed:
            # A domain may leave WebFinger to another host, and say so in host-meta (RFC 6415).
            host_meta = await self._documents.fetch_any(f"{base}/.well-known/host-meta", budget)
            template = read_host_meta(host_meta.body.decode("utf-8", errors="replace"))
            if template is None:
                raise
            document = await self._documents.fetch_json(fill_template(template, resource), JRD_ACCEPT, budget)
        return read_jrd(document, handle)


def find_alternate(response: Response) -> str | None:
    """The ActivityPub form that a page names, in its Link header or in its head."""
    for link in _LINK_HEADER.finditer(response.headers.get("link", "")):
        if re.search(r"rel=\"?alternate\b", link[2]) and ACTIVITY_JSON in link[2]:
            return urljoin(response.url, str(link[1]))
    page = _Links()
    with contextlib.suppress(AssertionError):  # what html.parser says of a broken <![…
        page.feed(response.body.decode("utf-8", errors="replace"))
    return urljoin(response.url, page.alternate) if page.alternate else None


class _Links(HTMLParser):
    """Reads the first `<link rel="alternate" type="application/activity+json">` of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.alternate: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        stated = {name: value or "" for name, value in attrs}
        is_alternate = tag in ("link", "a") and "alternate" in stated.get("rel", "").lower().split()
        if self.alternate is None and is_alternate and is_activity_type(stated.get("type", "")):
            self.alternate = stated.get("href") or None
