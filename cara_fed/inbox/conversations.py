"""Conversations: what a post answers and quotes is fetched when somebody reads it, as far as a budget goes."""

import logging
from typing import Final

from activitypub.documents import parse_document
from activitypub.errors import ProtocolError
from activitypub.notes import read_post
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.delivery.fan_out import FanOut
from cara_fed.federation.budgets import Budget
from cara_fed.federation.errors import FetchError
from cara_fed.federation.resolver import Resolver
from cara_fed.inbox.bring_in import bring_in
from cara_fed.inbox.context import InboxContext
from cara_fed.inbox.gathering import NO_EVIDENCE, Gathered, Gatherer
from cara_fed.inbox.posts import settle_post
from cara_fed.inbox.quotes import gather_quote
from cara_fed.services import Services
from storage.posts import Post
from storage.quotes import PENDING

log = logging.getLogger(__name__)

FETCHES_PER_CONVERSATION: Final = 8


async def prove_quote(services: Services, resolver: Resolver, post: Post) -> None:
    """Fetch what a received post quotes and what permits that, where neither was to be had before. Never raises."""
    if not await _is_unproven(services, post):
        return
    document = parse_document((post.document or "").encode())
    gathered = await gather_quote(Gatherer(services, resolver), Gathered(document), is_wanted=True)
    if gathered.quote == NO_EVIDENCE:
        return
    async with services.database.unit_of_work() as records:
        row = await records.posts.get(post.object_id)
        await settle_post(
            InboxContext(records, services.clock, FanOut.of(services), gathered), row, read_post(document)
        )


async def _is_unproven(services: Services, post: Post) -> bool:
    """Whether asking may help: Misskey's quotes name no permission, and once the quoted post is here, that is all."""
    if post.quote_state != PENDING or post.document is None or services.site.is_local(post.quote_id or ""):
        return False
    async with services.database.reading() as records:
        return post.quote_authorization is not None or await records.posts.find(post.quote_id or "") is None


async def find_missing_parent(services: Services, post: Post) -> str | None:
    """The id of the nearest post above this one that is not here; None where the conversation is whole."""
    async with services.database.reading() as records:
        seen: set[str] = set()
        while post.in_reply_to and post.object_id not in seen:
            seen.add(post.object_id)
            parent = await records.posts.find(post.in_reply_to)
            if parent is None:
                return None if services.site.is_local(post.in_reply_to) else post.in_reply_to
            post = parent
    return None


async def bring_in_parents(services: Services, resolver: Resolver, post: Post) -> int:
    """Fetch what a post answers, and what that answers, up to the budget; how many posts came. Never raises for it."""
    budget, came = Budget(FETCHES_PER_CONVERSATION), 0
    while missing := await find_missing_parent(services, post):
        try:
            brought = await bring_in(services, resolver, await resolver.fetch_document(missing, budget))
        except (FetchError, ProtocolError, RefusedByBlocklist) as error:
            log.info("a conversation stays without %s: %s", missing, error)
            break
        if brought.object_id != missing:
            break
        came += 1
    return came
