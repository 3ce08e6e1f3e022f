"""Answering who quotes an artist's post: letting them, refusing it, and taking back what was allowed."""

from activitypub.audience import Visibility
from activitypub.documents import Json
from activitypub.quotes import build_quote_answer, build_revocation
from cara_fed.delivery.fan_out import Recipients
from cara_fed.errors import NotFound
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.services import Services
from cara_fed.translate.quotes import authorization_of, end_quote, request_of
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.posts import Post
from storage.quotes import ACCEPTED, REFUSED, REVOKED
from storage.records import Records


async def allow_quote(services: Services, artist: Artist, post_pk: int) -> None:
    """Let a post show the artist's post that it quotes. Raises NotFound for one that quotes nothing of the artist's."""
    async with services.database.unit_of_work() as records:
        post = await _get_quoting(records, artist, post_pk)
        if post.quote_state == ACCEPTED:
            return
        # A new one each time: servers remember that the old one was deleted.
        post.quote_authorization = services.site.quote_authorization(artist.name, services.clock.new_pk())
        post.quote_state = ACCEPTED
        await _answer(records, services, artist, post, post.quote_authorization)
    wake_workers(services)


async def refuse_quote(services: Services, artist: Artist, post_pk: int) -> None:
    """Let it show a link alone, whether it was allowed before or not. Raises NotFound as `allow_quote` does."""
    async with services.database.unit_of_work() as records:
        post = await _get_quoting(records, artist, post_pk)
        if post.quote_state == ACCEPTED and post.quote_authorization is not None:
            await _revoke(records, services, artist, post)
        else:
            await _answer(records, services, artist, post, None)
        end_quote(post, REVOKED if post.quote_authorization else REFUSED, services.clock.now())
        if post.artist_pk is not None:
            await records.post_updates.ask(post.pk, services.clock.now())
    wake_workers(services)


async def _get_quoting(records: Records, artist: Artist, post_pk: int) -> Post:
    post = await records.posts.find_by_pk(post_pk)
    quoted = await records.posts.find(post.quote_id) if post is not None and post.quote_id else None
    if post is None or post.deleted_at is not None or quoted is None or quoted.artist_pk != artist.pk:
        raise NotFound(_("There is no such quote of a post of yours."))
    return post


async def _answer(
    records: Records, services: Services, artist: Artist, post: Post, authorization_id: str | None
) -> None:
    """Accept or reject the request. Who never asked, as Misskey does, is told nothing."""
    if post.quote_request_id is None:
        return
    answer = build_quote_answer(
        request_of(post),
        activity_id=services.site.activity(artist.name, services.clock.new_pk()),
        author_id=services.site.actor(artist.name),
        authorization_id=authorization_id,
    )
    await _send(records, services, artist, answer, Recipients(actor_ids=(post.actor_id,), personal=True))


async def _revoke(records: Records, services: Services, artist: Artist, post: Post) -> None:
    """Delete the authorization, for all who may have either post."""
    actor_id = services.site.actor(artist.name)
    revocation = build_revocation(
        authorization_of(post, actor_id),
        activity_id=services.site.activity(artist.name, services.clock.new_pk()),
        followers_id=services.site.followers(artist.name),
    )
    await _send(records, services, artist, revocation, Recipients(followers=True, actor_ids=(post.actor_id,)))


async def _send(records: Records, services: Services, artist: Artist, activity: Json, recipients: Recipients) -> None:
    await send_out(
        records,
        services,
        activity,
        recipients,
        artist_pk=artist.pk,
        object_id=activity["object"]["id"] or activity["id"],
        audience=Visibility.DIRECT,
    )
