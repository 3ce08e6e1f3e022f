"""Liking a post and passing it on, here or elsewhere, and taking either back."""

from activitypub.activities import build_announce, build_like, build_undo
from activitypub.audience import Visibility
from activitypub.documents import Json
from cara_fed.delivery.fan_out import Recipients
from cara_fed.errors import NotAllowed, NotFound
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.publishing.seen_posts import FOR_EVERYONE, get_seen_post
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.interactions import Interaction
from storage.posts import Post
from storage.records import Records

LIKE, ANNOUNCE = "like", "announce"


async def like_post(services: Services, artist: Artist, post_pk: int) -> Post:
    """Like a post; once is enough. Raises NotFound for what the artist cannot see."""
    return await _react(services, artist, post_pk, LIKE)


async def unlike_post(services: Services, artist: Artist, post_pk: int) -> Post:
    """Take a like back, if there was one. Raises NotFound."""
    return await _take_back(services, artist, post_pk, LIKE)


async def announce_post(services: Services, artist: Artist, post_pk: int) -> Post:
    """Pass a post on to all followers, by its id alone. Raises NotFound, or NotAllowed for what is not everybody's."""
    return await _react(services, artist, post_pk, ANNOUNCE)


async def unannounce_post(services: Services, artist: Artist, post_pk: int) -> Post:
    """Pass it on no longer, if it was. Raises NotFound."""
    return await _take_back(services, artist, post_pk, ANNOUNCE)


async def _react(services: Services, artist: Artist, post_pk: int, kind: str) -> Post:
    async with services.database.unit_of_work() as records:
        post = await get_seen_post(records, services.site, artist, post_pk)
        if kind == ANNOUNCE and post.visibility not in FOR_EVERYONE:
            raise NotAllowed(_("This post is not for everyone, so it cannot be shared."))
        row = _row(services, artist, post, kind)
        if await records.interactions.add(row):
            await _send(records, services, artist, post, row, _build(services, artist, post, row))
    wake_workers(services)
    return post


async def _take_back(services: Services, artist: Artist, post_pk: int, kind: str) -> Post:
    actor_id = services.site.actor(artist.name)
    async with services.database.unit_of_work() as records:
        post = await records.posts.find_by_pk(post_pk)
        if post is None:
            raise NotFound(_("There is no such post."))
        row = await records.interactions.find(kind, actor_id, post.object_id)
        if row is not None:
            activity_id = services.site.activity(artist.name, services.clock.new_pk())
            undo = build_undo(_build(services, artist, post, row), activity_id=activity_id)
            await records.interactions.remove(kind, actor_id, post.object_id)
            await records.notifications.take_back(kind, actor_id, post.object_id)
            await _send(records, services, artist, post, row, undo)
    wake_workers(services)
    return post


def _row(services: Services, artist: Artist, post: Post, kind: str) -> Interaction:
    pk = services.clock.new_pk()
    return Interaction(
        pk=pk,
        kind=kind,
        actor_id=services.site.actor(artist.name),
        object_id=post.object_id,
        activity_id=services.site.activity(artist.name, pk),
        created_at=services.clock.now(),
    )


def _build(services: Services, artist: Artist, post: Post, row: Interaction) -> Json:
    about = {"activity_id": row.activity_id, "actor_id": row.actor_id, "object_id": post.object_id}
    if row.kind == LIKE:
        return build_like(**about, author_id=post.actor_id)
    followers_id = services.site.followers(artist.name)
    return build_announce(**about, author_id=post.actor_id, followers_id=followers_id, published=row.created_at)


async def _send(
    records: Records, services: Services, artist: Artist, post: Post, row: Interaction, activity: Json
) -> None:
    """A like is for the post's author alone; an announce is for the artist's followers too."""
    author = () if post.actor_id == row.actor_id else (post.actor_id,)
    is_like = row.kind == LIKE
    await send_out(
        records,
        services,
        activity,
        Recipients(followers=not is_like, actor_ids=author, personal=is_like),
        artist_pk=artist.pk,
        object_id=row.activity_id,
        audience=Visibility.DIRECT if is_like else Visibility.PUBLIC,
    )
