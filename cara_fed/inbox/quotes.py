"""Posts that quote others: what the quoted side says is fetched, and nothing is believed that it does not say."""

import logging
from dataclasses import replace

from activitypub.activities import Activity
from activitypub.documents import Json, first
from activitypub.errors import ActorMismatch, ProtocolError
from activitypub.notes import RemotePost, read_post
from activitypub.origins import require_same_origin, same_origin
from activitypub.quotes import Verdict, judge_own, read_authorization
from activitypub.reading import usable_id
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.federation.errors import FetchError
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.gathering import Gathered, Gatherer, QuoteEvidence
from cara_fed.translate.posts import read_quote_policy
from storage.follows import ACCEPTED as FOLLOWING
from storage.posts import Post
from storage.quotes import ACCEPTED, PENDING

log = logging.getLogger(__name__)

FOR_EVERYONE = ("public", "unlisted")


async def gather_quote(gatherer: Gatherer, gathered: Gathered, *, is_wanted: bool = False) -> Gathered:
    """The same, with what proves the post's quote; for posts of who is followed here, or that an artist looks for.

    What cannot be had now leaves the quote unproven, and the post as it is. Raises a ProtocolError for no post.
    """
    if gathered.document is None:
        return gathered
    post = read_post(gathered.document)
    gathered = replace(gathered, post=post)
    if post.quote_id is None or gatherer.site.is_local(post.quote_id):
        return gathered
    if not is_wanted and not await gatherer.is_followed(post.actor_id):
        return gathered
    return replace(gathered, quote=await _gather_evidence(gatherer, post, post.quote_id))


async def judge_quoting(context: InboxContext, quoted: Post, actor_id: str) -> Verdict:
    """What an artist's post says to an actor who quotes it."""
    if quoted.visibility not in FOR_EVERYONE or quoted.artist_pk is None:
        return Verdict.REFUSE
    artist = await context.records.artists.get_by_pk(quoted.artist_pk)
    if await context.is_blocked(artist, actor_id):
        return Verdict.REFUSE
    follower = await context.records.followers.find(artist.pk, actor_id)
    is_follower = follower is not None and follower.state == FOLLOWING
    return judge_own(read_quote_policy(quoted), is_follower=is_follower)


async def settle_quote(context: InboxContext, row: Post, post: RemotePost) -> None:
    """Bring a kept post's row to what it quotes now, and whether that is permitted. What was decided before stays."""
    if post.quote_id is None:
        row.quote_id = row.quote_state = row.quote_request_id = row.quote_authorization = None
        return
    quoted = await context.records.posts.find(post.quote_id)
    is_ours = quoted is not None and quoted.artist_pk is not None
    is_same = row.quote_id == post.quote_id and row.quote_state is not None
    if is_same and (is_ours or (row.quote_state != PENDING and row.quote_authorization == post.quote_authorization)):
        return
    row.quote_id = post.quote_id
    # What authorizes a quote of ours was made here, and is not learnt from others.
    row.quote_authorization = None if is_ours else post.quote_authorization
    row.quote_state = await _judge(context, row, quoted)


async def find_answered_quote(context: InboxContext, answer: Activity) -> Post:
    """The post of an artist here whose quote is accepted or rejected, by the request or by the post itself.

    Raises NoEffect where there is none, ActorMismatch where the answer is not the quoted post's author's.
    """
    post = await context.records.quotes.find_by_request(answer.object_id) if answer.object_id else None
    if post is None and answer.object_document is not None:
        named = usable_id(first(answer.object_document.get("instrument")))
        post = await context.records.posts.find(named) if named else None
    if post is None or post.artist_pk is None or post.deleted_at is not None or post.quote_id is None:
        raise NoEffect("it answers no quote of ours")
    quoted = await context.records.posts.find(post.quote_id)
    if quoted is None or quoted.actor_id != answer.actor_id:
        raise ActorMismatch("the quoted post is somebody else's")
    return post


async def _gather_evidence(gatherer: Gatherer, post: RemotePost, quoted_id: str) -> QuoteEvidence:
    try:
        authorization = await _gather_authorization(gatherer, post, quoted_id)
        if await gatherer.is_known(quoted_id):
            return QuoteEvidence(authorization=authorization)
        document = (await gatherer.fetch(quoted_id)).document
        if document is None:
            return QuoteEvidence(authorization=authorization)
        quoted = read_post(document)
        require_same_origin(quoted.object_id, quoted.actor_id)
        return QuoteEvidence(document, await gatherer.actor(quoted.actor_id), authorization)
    except (FetchError, ProtocolError, RefusedByBlocklist) as error:
        log.info("what %s quotes stays unproven: %s", post.object_id, error)
        return QuoteEvidence()


async def _gather_authorization(gatherer: Gatherer, post: RemotePost, quoted_id: str) -> Json | None:
    stated = post.quote_authorization
    if stated is None or not same_origin(stated, quoted_id):
        return None
    return (await gatherer.fetch(stated)).document


async def _judge(context: InboxContext, row: Post, quoted: Post | None) -> str:
    if quoted is None:
        return PENDING
    if quoted.actor_id == row.actor_id:
        return ACCEPTED
    if quoted.artist_pk is not None:
        # Misskey and others never ask. Where they need not, their quote is shown; else it waits for the artist.
        verdict = await judge_quoting(context, quoted, row.actor_id)
        return ACCEPTED if verdict is Verdict.GRANT else PENDING
    return ACCEPTED if _is_proven(context.gathered.quote.authorization, row, quoted) else PENDING


def _is_proven(document: Json | None, row: Post, quoted: Post) -> bool:
    """Whether the authorization that was fetched is the quoted author's, and for these two posts."""
    if document is None:
        return False
    try:
        stated = read_authorization(document)
    except ProtocolError as error:
        log.info("what %s quotes stays unproven: %s", row.object_id, error)
        return False
    expected = (row.quote_authorization, quoted.actor_id, row.object_id, quoted.object_id)
    return (stated.authorization_id, stated.author_id, stated.quoting_id, stated.quoted_id) == expected
