"""Quoting a post: only where its author says so, and not shown as a quote before the author has agreed."""

from activitypub.audience import Visibility
from activitypub.documents import parse_document
from activitypub.notes import build_note
from activitypub.quotes import Verdict, build_quote_request, judge, judge_own, read_permission
from cara_fed.delivery.fan_out import Recipients
from cara_fed.errors import NotAllowed, NotFound
from cara_fed.publishing.outgoing import send_out
from cara_fed.publishing.seen_posts import FOR_EVERYONE, may_see
from cara_fed.services import Services
from cara_fed.translate.posts import PostRows, read_local_post, read_quote_policy
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.follows import ACCEPTED as FOLLOWED
from storage.posts import Post
from storage.quotes import ACCEPTED, PENDING
from storage.records import Records


async def require_quotable(services: Services, artist: Artist, object_id: str | None) -> Verdict | None:
    """What a post says to this artist who wants to quote it: GRANT or ASK; None where there is none to quote.

    Raises NotFound for what the artist cannot see, NotAllowed for what its author lets nobody, or not them, quote.
    """
    if object_id is None:
        return None
    async with services.database.reading() as records:
        post = await records.posts.find(object_id)
        if post is None or post.deleted_at is not None or not await may_see(records, services.site, artist, post):
            raise NotFound(_("The post to be quoted is not known here, or was deleted."))
        if post.visibility not in FOR_EVERYONE:
            raise NotAllowed(_("This post is not for everyone, so it cannot be quoted."))
        verdict = await _judge(records, services, artist, post)
    if verdict is Verdict.REFUSE:
        raise NotAllowed(_("Its author does not let this post be quoted. You can share it, or answer it."))
    return verdict


async def ask_to_quote(records: Records, services: Services, rows: PostRows) -> None:
    """Ask the author of what a new post quotes; within the transaction that publishes it. Nobody asks themselves."""
    post = rows.post
    quoted = await records.posts.find(post.quote_id) if post.quote_id else None
    if quoted is None:
        return
    if quoted.actor_id == post.actor_id:
        post.quote_state = ACCEPTED
        return
    post.quote_state = PENDING
    post.quote_request_id = services.site.activity(rows.artist.name, services.clock.new_pk())
    await _send_request(records, services, rows, quoted)


async def _judge(records: Records, services: Services, artist: Artist, post: Post) -> Verdict:
    own_id = services.site.actor(artist.name)
    if post.actor_id == own_id:
        return Verdict.GRANT
    if await records.blocks.exists_between(artist.pk, post.actor_id):
        return Verdict.REFUSE
    following = await records.following.find(artist.pk, post.actor_id)
    is_follower = following is not None and following.state == FOLLOWED
    if post.artist_pk is not None:
        return judge_own(read_quote_policy(post), is_follower=is_follower)
    author = await records.remote_actors.find(post.actor_id)
    collections = [author.followers] if is_follower and author and author.followers else []
    permission = read_permission(parse_document(post.document.encode())) if post.document else None
    return judge(permission, frozenset([own_id, *collections]))


async def _send_request(records: Records, services: Services, rows: PostRows, quoted: Post) -> None:
    post = rows.post
    # Mastodon before 4.5 takes an id alone; what it could not fetch has to come whole.
    whole = build_note(read_local_post(rows, services.site, services.config.opt_out.default))
    del whole["@context"]
    request = build_quote_request(
        activity_id=post.quote_request_id or "",
        actor_id=post.actor_id,
        quoted_id=quoted.object_id,
        author_id=quoted.actor_id,
        instrument=post.object_id if post.visibility in FOR_EVERYONE else whole,
    )
    await send_out(
        records,
        services,
        request,
        Recipients(actor_ids=(quoted.actor_id,), personal=True),
        artist_pk=post.artist_pk,
        object_id=post.object_id,
        audience=Visibility.DIRECT,
    )
