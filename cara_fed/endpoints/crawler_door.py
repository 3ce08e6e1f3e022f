"""The door for crawlers: known agents get no page and no picture for what its policy reserves from them."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from activitypub.errors import SignatureError
from activitypub.identifiers import read_pk
from activitypub.opt_out import OptOut, http_headers
from activitypub.signatures import HttpRequest
from cara_fed.asgi import Answer, App, Header, Receive, Scope, Send, header
from cara_fed.blocklist.doors import Door
from cara_fed.blocklist.entry_pages import LIST_PATH
from cara_fed.blocklist.policy import Listing
from cara_fed.endpoints.answers import NO_STORE, answer_bytes, to_headers
from cara_fed.endpoints.gate import Gate, is_signed
from cara_fed.endpoints.refusals import REFUSALS
from cara_fed.endpoints.requests import read_request
from cara_fed.federation.authentication import claimed_key_ids
from cara_fed.federation.web_bots import WebBots
from cara_fed.opt_out.agents import Agent
from cara_fed.opt_out.crawlers import Place
from cara_fed.services import Services
from cara_fed.translate.opt_outs import effective_opt_out, signals_for
from storage.records import Records

_OPEN: Final = ("/static/", "/policies/", "/.well-known/", "/health", "/metrics", "/favicon.ico")
_VARY: Final[Header] = (b"vary", b"User-Agent, Signature-Agent")
_SIGNED: Final = (b"signature", b"signature-input", b"authorization")
_OF_AN_ARTIST: Final = re.compile(r"/@([A-Za-z0-9_]{1,30})(?:/(?P<pk>[0-9]{1,19}))?(?:[/?].*)?")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody known: a crawler, by its signature or by what it says of itself, or a bot whose server is listed."""

    name: str
    agent: Agent | None = None
    signer: str = ""
    """The server whose keys signed the visit, where that was verified."""
    listing: Listing | None = None

    def is_refused_by(self, policy: OptOut) -> bool:
        """Whether it gets nothing that has this policy; of a listed one whatever the policy is."""
        return self.listing is not None or (self.agent is not None and self.agent.is_refused_by(policy))


class CrawlerDoor:
    """Decides by Web Bot Auth and the User-Agent, and only for those that are known.

    Everybody else costs one look into a table, and one at a header.
    """

    def __init__(self, services: Services, gate: Gate) -> None:
        self._services = services
        self._gate = gate
        self._bots = WebBots(services)
        self._default = services.config.opt_out.default

    async def meet(self, scope: Scope) -> Visitor | None:
        """Who asks, where that is somebody known. A signature that is not good is none, but whoever uses a listed one's
        name is taken at their word.
        """
        if any(header(scope, name) is not None for name in _SIGNED):
            visitor = await self._meet_signer(read_request(scope, self._services.site))
            if visitor is not None:
                return visitor
        user_agent = header(scope, b"user-agent")
        agent = self._services.crawlers.find(user_agent.decode("latin-1")) if user_agent else None
        return Visitor(agent.name, agent) if agent else None

    async def _meet_signer(self, request: HttpRequest) -> Visitor | None:
        """A bot that signs, or a server that is listed and signs as it would for our documents."""
        bot = await self._bots.identify(request)
        if bot is not None:
            name = bot.listing.host_of(bot.netloc) if bot.listing else bot.netloc
            return Visitor(bot.agent.name if bot.agent else name, bot.agent, bot.netloc, bot.listing)
        try:
            key_ids = claimed_key_ids(request)
        except SignatureError:
            return None
        listing = self._services.blocklist.find_refusing(*key_ids)
        if listing is None:
            return None
        return Visitor(listing.host_of(urlsplit(key_ids[0]).hostname or ""), signer=key_ids[0], listing=listing)

    async def admits(self, scope: Scope, visitor: Visitor, policy: OptOut) -> bool:
        """Whether a known visitor may have what has this policy; nothing is counted."""
        return not visitor.is_refused_by(policy) or (not visitor.signer and await self._is_verified(scope))

    async def refuse(self, scope: Scope, visitor: Visitor, place: Place, policy: OptOut) -> Answer | None:
        """The answer that refuses a known visitor what has this policy; None where it is welcome. Either is counted.

        A signature that verifies is a server's own word, which counts for more than a name in a User-Agent.
        """
        if visitor.listing is not None:
            self._services.blocklist.refuse(Door.WEB, visitor.signer)
            return self._build_listed(visitor.listing)
        if visitor.agent is None or (not visitor.signer and await self._is_verified(scope)):
            return None
        refused = visitor.is_refused_by(policy)
        self._services.crawlers.note_visit(visitor.agent, place, refused=refused)
        return self._build_refusal(visitor.agent, policy) if refused else None

    async def refuse_page(self, scope: Scope) -> Answer | None:
        """The answer that refuses a known visitor the page at its path, or what is about it; None for others."""
        visitor = await self.meet(scope)
        if visitor is None:
            return None
        return await self.refuse(scope, visitor, Place.PAGE, await self.policy_of_page(scope["path"]))

    async def policy_of_page(self, path: str) -> OptOut:
        """What holds for the page at a path: its post's, else its artist's, else the instance's."""
        match = _OF_AN_ARTIST.fullmatch(path)
        if match is None:
            return self._default
        async with self._services.database.reading() as records:
            return await self._find_policy(records, match[1], read_pk(match["pk"] or ""))

    async def _find_policy(self, records: Records, name: str, pk: int | None) -> OptOut:
        artist = await records.artists.find(name)
        post = await records.posts.find_by_pk(pk) if artist and pk else None
        own = post if post is not None and artist is not None and post.artist_pk == artist.pk else None
        return effective_opt_out(self._default, artist, own)

    async def _is_verified(self, scope: Scope) -> bool:
        request = read_request(scope, self._services.site)
        if not is_signed(request):
            return False
        try:
            return (await self._gate.identify(request)).is_known
        except REFUSALS:
            return False

    def _build_listed(self, listing: Listing) -> Answer:
        where = f"{self._services.site.base}{LIST_PATH}"
        text = f"{listing.key} is on this instance's blocklist: {listing.reason}\nWho is, and how to appeal: {where}\n"
        said = http_headers(signals_for(self._default, self._services.site, self._default))
        return answer_bytes(text.encode(), "text/plain; charset=utf-8", NO_STORE, _VARY, *to_headers(said), status=403)

    def _build_refusal(self, agent: Agent, policy: OptOut) -> Answer:
        purposes = " and ".join(sorted(agent.purposes))
        text = (
            f"{agent.name} is known to take pages for {purposes}, which is reserved here ({policy}).\n"
            f"What is reserved, and by whom: {self._services.site.base}/policies/ai\n"
        )
        said = http_headers(signals_for(policy, self._services.site, self._default))
        return answer_bytes(text.encode(), "text/plain; charset=utf-8", NO_STORE, _VARY, *to_headers(said), status=403)


def guard_pages(door: CrawlerDoor, pages: App) -> App:
    """The pages behind the door; what explains them, and what they are drawn with, is open to everybody."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        is_guarded = scope["type"] == "http" and not scope["path"].startswith(_OPEN)
        if is_guarded and (answer := await door.refuse_page(scope)):
            await answer.send(send, head_only=scope["method"] == "HEAD")
            return
        await pages(scope, receive, send)

    return guarded
