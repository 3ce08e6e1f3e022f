"""QuoteRequest: somebody wants to quote an artist's post (FEP-044f)."""

from dataclasses import replace

from activitypub.activities import Activity
from activitypub.documents import Json, first, id_of
from activitypub.errors import DocumentMalformed
from activitypub.origins import require_same_origin
from activitypub.quotes import Verdict, build_quote_answer
from activitypub.reading import usable_id
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.gathering import NOTHING, Gathered, Gatherer
from cara_fed.inbox.notices import Kind, notify_of_post
from cara_fed.inbox.posts import keep_post, require_own_post
from cara_fed.inbox.quotes import judge_quoting
from cara_fed.inbox.registry import gathering, inbox
from cara_fed.translate.quotes import request_of
from storage.posts import Post
from storage.quotes import ACCEPTED, PENDING, REFUSED, WITHOUT_PERMISSION


@gathering.on("QuoteRequest")
async def gather_instrument(gatherer: Gatherer, request: Activity) -> Gathered:
    """The post that quotes: as its author sent it, or, where it is only named, as the author's server tells."""
    instrument_id = _instrument_id(request)
    if request.object_id is None or not gatherer.site.is_local(request.object_id):
        return NOTHING
    require_same_origin(instrument_id, request.actor_id)
    if gatherer.site.is_local(instrument_id):
        return NOTHING
    author = await gatherer.actor(request.actor_id)
    sent = first(request.document.get("instrument"))
    if isinstance(sent, dict) and "attributedTo" in sent:
        context = {"@context": request.document.get("@context")}
        return Gathered(context | sent, author)
    return replace(await gatherer.fetch(instrument_id), author=author)


@inbox.on("QuoteRequest")
async def receive_quote_request(context: InboxContext, request: Activity) -> None:
    """Answered at once where the post's policy decides; else it waits for the artist."""
    quoted = await require_own_post(context, request)
    verdict = await judge_quoting(context, quoted, request.actor_id)
    known = await context.records.posts.find(_instrument_id(request))
    if verdict is Verdict.REFUSE or (known is not None and _was_refused(known, quoted)):
        await _refuse(context, request, quoted, known)
        return
    post = await _keep_quoting(context, request, quoted)
    post.quote_request_id = request.activity_id
    if verdict is Verdict.GRANT or post.quote_authorization is not None:
        await _grant(context, post, quoted)
        await notify_of_post(context, quoted, Kind.QUOTE, request.actor_id, about=post)
    else:
        post.quote_state = PENDING
        await notify_of_post(context, quoted, Kind.QUOTE_REQUEST, request.actor_id, about=post)


async def _keep_quoting(context: InboxContext, request: Activity, quoted: Post) -> Post:
    """The row of the post that quotes. Raises NoEffect where it is gone, or quotes something else."""
    instrument_id = _instrument_id(request)
    if not context.site.is_local(instrument_id):
        post, document = context.read_gathered_post(request.actor_id)
        if post.object_id != instrument_id or post.quote_id != quoted.object_id:
            raise NoEffect("the post does not quote what it asks for")
        await keep_post(context, post, document)
    row = await context.records.posts.find(instrument_id)
    if row is None or row.deleted_at is not None or row.actor_id != request.actor_id:
        raise NoEffect("there is no such post of the actor's")
    if row.quote_id != quoted.object_id:
        raise NoEffect("the post does not quote what it asks for")
    return row


async def _grant(context: InboxContext, post: Post, quoted: Post) -> None:
    artist = await context.records.artists.get_by_pk(quoted.artist_pk or 0)
    post.quote_authorization = post.quote_authorization or context.site.quote_authorization(
        artist.name, context.new_pk()
    )
    post.quote_state = ACCEPTED
    await _answer(context, request_of(post), quoted, post.quote_authorization)


async def _refuse(context: InboxContext, request: Activity, quoted: Post, known: Post | None) -> None:
    if known is not None and known.actor_id == request.actor_id and known.quote_id == quoted.object_id:
        known.quote_state = known.quote_state if known.quote_state in WITHOUT_PERMISSION else REFUSED
    asked = {
        "id": request.activity_id,
        "type": "QuoteRequest",
        "actor": request.actor_id,
        "object": quoted.object_id,
        "instrument": _instrument_id(request),
    }
    await _answer(context, asked, quoted, None)


async def _answer(context: InboxContext, request: Json, quoted: Post, authorization_id: str | None) -> None:
    artist = await context.records.artists.get_by_pk(quoted.artist_pk or 0)
    answer = build_quote_answer(
        request,
        activity_id=context.new_activity_id(artist),
        author_id=quoted.actor_id,
        authorization_id=authorization_id,
    )
    await context.send(artist, answer, request["actor"])


def _was_refused(known: Post, quoted: Post) -> bool:
    """Whether the artist has said no to this very post before, which no new request changes."""
    return known.quote_id == quoted.object_id and known.quote_state in WITHOUT_PERMISSION


def _instrument_id(request: Activity) -> str:
    instrument = usable_id(id_of(first(request.document.get("instrument"))))
    if instrument is None:
        raise DocumentMalformed("the request does not say which post quotes")
    return instrument
