"""Bringing in a post that nobody sent: one that an artist here looks for, or that a conversation lacks."""

from dataclasses import replace

from activitypub.documents import Json
from activitypub.errors import DocumentUnsupported
from activitypub.notes import read_post
from activitypub.origins import require_same_origin
from cara_fed.delivery.fan_out import FanOut
from cara_fed.federation.resolver import Resolver
from cara_fed.inbox.context import InboxContext
from cara_fed.inbox.gathering import Gathered, Gatherer
from cara_fed.inbox.posts import keep_post
from cara_fed.inbox.quotes import gather_quote
from cara_fed.services import Services
from storage.posts import Post


async def bring_in(services: Services, resolver: Resolver, document: Json) -> Post:
    """Keep a post as its own server serves it, with its author; the row, as it was where it is known.

    Nobody is notified. Raises a FetchError, ProtocolError or RefusedByBlocklist.
    """
    post = read_post(document)
    require_same_origin(post.object_id, post.actor_id)
    if post.is_vote:
        raise DocumentUnsupported("a vote is no post")
    gatherer = Gatherer(services, resolver)
    found = replace(Gathered(document), author=await gatherer.actor(post.actor_id))
    gathered = await gather_quote(gatherer, found, is_wanted=True)
    async with services.database.unit_of_work() as records:
        context = InboxContext(records, services.clock, FanOut.of(services), gathered)
        await keep_post(context, post, document)
        return await records.posts.get(post.object_id)
