"""Entries: posts from here and elsewhere as an artist sees them, with what can be done; few queries for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from quart import request

from activitypub.audience import Visibility
from activitypub.identifiers import ArtistRef
from cara_fed.publishing.seen_posts import FOR_EVERYONE
from cara_fed.remote_media.links import RemoteLinks
from cara_fed.translate.posts import PostRows
from cara_fed.translate.remote_views import RemoteGallery
from cara_fed.translate.views import PostNumbers
from cara_fed.web import parts
from cara_fed.web.house import house, services
from cara_fed.web.parts import Acts
from cara_fed.web.social_views import Entry
from storage.artists import Artist
from storage.attachments import Picture
from storage.posts import Post
from storage.records import Records
from storage.remote_actors import RemoteActor

ANSWERS = (Visibility.PUBLIC, Visibility.UNLISTED)


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """Everything that entries are made of, for all of them at once."""

    viewer_id: str
    artists: Mapping[int, Artist]
    authors: Mapping[str, RemoteActor]
    pictures: Mapping[int, tuple[Picture, ...]]
    own: set[tuple[str, str]]
    counts: Mapping[tuple[str, str], int]
    replies: Mapping[str, int]
    parents: Mapping[str, Post]
    people: Mapping[str, parts.Byline]


def remote_gallery() -> RemoteGallery:
    """What makes views of other servers' rows."""
    return RemoteGallery(RemoteLinks(services().session_key), services().config.opt_out.default)


async def read_entries(records: Records, viewer: Artist, posts: Sequence[Post], back: str = "") -> dict[int, Entry]:
    """Posts as entries, by pk; without those of listed servers, or of authors who are gone."""
    shown = [post for post in posts if post.artist_pk is not None or not _is_hidden(post.actor_id)]
    around = await _read_surroundings(records, viewer, shown)
    back = back or request.full_path.rstrip("?")
    entries = {post.pk: _build(post, around, back) for post in shown}
    return {pk: entry for pk, entry in entries.items() if entry is not None}


async def find_bylines(records: Records, actor_ids: set[str]) -> dict[str, parts.Byline]:
    """People, from here or elsewhere, by their ids; those never seen are left out."""
    authors = await records.remote_actors.find_many(actor_ids)
    found = {actor_id: remote_gallery().byline(actor) for actor_id, actor in authors.items()}
    for actor_id in actor_ids - set(found):
        located = services().site.locate(actor_id)
        artist = await records.artists.find(located.name) if isinstance(located, ArtistRef) else None
        if artist is not None:
            found[actor_id] = house().gallery.byline(artist)
    return found


def _is_hidden(actor_id: str) -> bool:
    return services().blocklist.find_refusing(actor_id) is not None


async def _read_surroundings(records: Records, viewer: Artist, posts: Sequence[Post]) -> _Surroundings:
    object_ids = {post.object_id for post in posts}
    parents = await records.posts.find_many({post.in_reply_to for post in posts if post.in_reply_to})
    viewer_id = services().site.actor(viewer.name)
    return _Surroundings(
        viewer_id=viewer_id,
        artists=await records.artists.find_by_pks([post.artist_pk for post in posts if post.artist_pk]),
        authors=await records.remote_actors.find_many({post.actor_id for post in posts if post.artist_pk is None}),
        pictures=await records.attachments.find_for_posts([post.pk for post in posts]),
        own=await records.interactions.find_own(viewer_id, object_ids),
        counts=await records.interactions.count(object_ids),
        replies=await records.posts.count_replies(object_ids, ANSWERS),
        parents=parents,
        people=await find_bylines(records, {parent.actor_id for parent in parents.values()}),
    )


def _build(post: Post, around: _Surroundings, back: str) -> Entry | None:
    pictures, numbers, acts = around.pictures[post.pk], _count(post, around), _acts(post, around, back)
    if post.artist_pk is not None:
        artist = around.artists.get(post.artist_pk)
        view = house().gallery.post(PostRows(artist, post, pictures), numbers) if artist else None
        return Entry(view, acts, answers=_answers(post, around)) if view else None
    author = around.authors.get(post.actor_id)
    if author is None:
        return None
    gallery = remote_gallery()
    shown = gallery.post(post, author, pictures)
    shown = replace(shown, replies=numbers.replies, likes=numbers.likes, announces=numbers.announces)
    origin = post.url or post.object_id
    return Entry(shown, acts, None, origin, _answers(post, around), gallery.films(pictures))


def _count(post: Post, around: _Surroundings) -> PostNumbers:
    counts, id = around.counts, post.object_id
    return PostNumbers(around.replies.get(id, 0), counts.get((id, "like"), 0), counts.get((id, "announce"), 0))


def _acts(post: Post, around: _Surroundings, back: str) -> Acts:
    return Acts(
        pk=post.pk,
        actor_id=post.actor_id,
        back=back,
        liked=(post.object_id, "like") in around.own,
        announced=(post.object_id, "announce") in around.own,
        may_announce=post.visibility in FOR_EVERYONE,
        is_own=post.actor_id == around.viewer_id,
    )


def _answers(post: Post, around: _Surroundings) -> parts.Link | None:
    parent = around.parents.get(post.in_reply_to or "")
    byline = around.people.get(parent.actor_id) if parent is not None else None
    if parent is None or byline is None or parent.deleted_at is not None:
        return None
    return parts.Link(path_of(parent), byline.handle)


def path_of(post: Post) -> str:
    """The page of a post, of whichever server, on this site."""
    if post.artist_pk is None:
        return f"/posts/{post.pk}"
    return post.url.removeprefix(services().site.base)
