"""Entries: posts from here and elsewhere as one who looks sees them; few queries for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from quart import request

from activitypub.audience import Visibility
from activitypub.identifiers import ArtistRef
from cara_fed.publishing.seen_posts import FOR_EVERYONE
from cara_fed.remote_media.links import RemoteLinks
from cara_fed.translate.poll_views import view_poll
from cara_fed.translate.posts import PostRows
from cara_fed.translate.remote_views import RemoteGallery
from cara_fed.web import parts
from cara_fed.web.house import house, services
from cara_fed.web.parts import Acts, Entry
from storage.artists import Artist
from storage.attachments import Picture
from storage.interactions import Reactions
from storage.polls import Poll as PollRow
from storage.posts import Post
from storage.quotes import ACCEPTED, PENDING
from storage.records import Records
from storage.remote_actors import RemoteActor

REACTIONS = 20
ANSWERS = (Visibility.PUBLIC, Visibility.UNLISTED)


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """Everything that entries are made of, for all of them at once. ``viewer_id`` is empty for a visitor."""

    viewer_id: str
    artists: Mapping[int, Artist]
    authors: Mapping[str, RemoteActor]
    pictures: Mapping[int, tuple[Picture, ...]]
    own: set[tuple[str, str]]
    counts: Mapping[tuple[str, str], int]
    replies: Mapping[str, int]
    parents: Mapping[str, Post]
    people: Mapping[str, parts.Byline]
    quoted: Mapping[str, Post]
    kept_away: set[str]
    polls: Mapping[int, PollRow]
    choices: Mapping[int, set[int]]
    reactions: Mapping[str, list[Reactions]]
    kept: set[int]


def remote_gallery(*, for_visitors: bool = False) -> RemoteGallery:
    """What makes views of other servers' rows; visitors are led to where those are at home."""
    links = RemoteLinks(services().session_key)
    return RemoteGallery(links, services().config.opt_out.default, for_visitors=for_visitors)


async def read_entries(
    records: Records, viewer: Artist | None, posts: Sequence[Post], back: str = "", author: Artist | None = None
) -> dict[int, Entry]:
    """Posts as entries, by pk; without those of listed servers, or of authors who are gone. None is a visitor.

    An ``author`` who is at hand already is not asked for again.
    """
    shown = [post for post in posts if not _is_hidden_from(viewer, post)]
    around = await _read_surroundings(records, viewer, shown, {author.pk: author} if author else {})
    back = back or request.full_path.rstrip("?")
    entries = {post.pk: _build(post, around, back) for post in shown}
    return {pk: entry for pk, entry in entries.items() if entry is not None}


async def find_bylines(records: Records, actor_ids: set[str], *, for_visitors: bool = False) -> dict[str, parts.Byline]:
    """People, from here or elsewhere, by their ids; those never seen are left out."""
    authors = await records.remote_actors.find_many(actor_ids)
    gallery = remote_gallery(for_visitors=for_visitors)
    found = {actor_id: gallery.byline(actor) for actor_id, actor in authors.items()}
    for actor_id in actor_ids - set(found):
        located = services().site.locate(actor_id)
        artist = await records.artists.find(located.name) if isinstance(located, ArtistRef) else None
        if artist is not None:
            found[actor_id] = house().gallery.byline(artist)
    return found


def path_of(post: Post) -> str:
    """The page of a post, of whichever server, on this site."""
    if post.artist_pk is None:
        return f"/posts/{post.pk}"
    return post.url.removeprefix(services().site.base)


def _is_hidden_from(viewer: Artist | None, post: Post) -> bool:
    """Listed servers' posts are nobody's to see; those of suspended artists are their moderators'."""
    if post.artist_pk is None:
        return _is_hidden(post.actor_id)
    is_suspended = services().suspended.hides(post.actor_id.removeprefix(services().site.base))
    return is_suspended and (viewer is None or viewer.role == "artist")


def _is_hidden(actor_id: str) -> bool:
    return services().blocklist.find_refusing(actor_id) is not None


async def _read_surroundings(
    records: Records, viewer: Artist | None, posts: Sequence[Post], at_hand: Mapping[int, Artist]
) -> _Surroundings:
    object_ids = {post.object_id for post in posts}
    parents = await records.posts.find_many({post.in_reply_to for post in posts if post.in_reply_to})
    quoted = await records.posts.find_many({post.quote_id for post in posts if post.quote_id})
    viewer_id = services().site.actor(viewer.name) if viewer else ""
    everything = [*posts, *quoted.values()]
    people = {parent.actor_id for parent in parents.values()}
    return _Surroundings(
        viewer_id=viewer_id,
        artists={**at_hand, **await records.artists.find_by_pks(sorted(_artists_of(everything) - at_hand.keys()))},
        authors=await records.remote_actors.find_many({post.actor_id for post in everything if post.artist_pk is None}),
        pictures=await records.attachments.find_for_posts([post.pk for post in everything]),
        own=await records.interactions.find_own(viewer_id, object_ids) if viewer else set(),
        counts=(tally := await records.interactions.tally(object_ids)).counts,
        replies=await records.posts.count_replies(object_ids, ANSWERS),
        parents=parents,
        people=await find_bylines(records, people, for_visitors=viewer is None),
        quoted=quoted,
        kept_away=await _find_kept_away(records, viewer) if viewer and quoted else set(),
        polls=(polls := await records.polls.find_many([post.pk for post in everything])),
        reactions=tally.reactions,
        kept=await records.bookmarks.find_kept(viewer.pk, [post.pk for post in posts]) if viewer else set(),
        choices=await records.polls.find_choices(viewer_id, polls) if viewer and polls else {},
    )


def _artists_of(posts: Sequence[Post]) -> set[int]:
    return {post.artist_pk for post in posts if post.artist_pk}


async def _find_kept_away(records: Records, viewer: Artist) -> set[str]:
    return await records.mutes.find_actors(viewer.pk) | await records.blocks.find_actors(viewer.pk)


def _build(post: Post, around: _Surroundings, back: str) -> Entry | None:
    shown = _show(post, around)
    if shown is None:
        return None
    shown = replace(_count(shown, around), quote=_quote(post, around))
    acts = _acts(post, around, back) if around.viewer_id else None
    entry = Entry(shown, post.pk, acts, answers=_answers(post, around))
    if post.artist_pk is not None:
        return entry
    films = remote_gallery().films(around.pictures[post.pk])
    return replace(entry, origin_url=post.url or post.object_id, films=films)


def _show(post: Post, around: _Surroundings) -> parts.Post | None:
    """A post by itself; None where its author is gone."""
    shown, poll = _show_words(post, around), around.polls.get(post.pk)
    if shown is None or poll is None:
        return shown
    may_vote = around.viewer_id not in ("", post.actor_id)
    now, own = services().clock.now(), around.choices.get(post.pk, set())
    return replace(shown, poll=view_poll(poll, own, now, may_vote=may_vote))


def _show_words(post: Post, around: _Surroundings) -> parts.Post | None:
    pictures = around.pictures[post.pk]
    if post.artist_pk is not None:
        artist = around.artists.get(post.artist_pk)
        return house().gallery.post(PostRows(artist, post, pictures)) if artist else None
    author = around.authors.get(post.actor_id)
    return remote_gallery(for_visitors=not around.viewer_id).post(post, author, pictures) if author else None


def _quote(post: Post, around: _Surroundings) -> parts.Quote | None:
    """What a post quotes: shown where its author permits that, and a link else."""
    if not post.quote_id:
        return None
    quoted = around.quoted.get(post.quote_id)
    if quoted is None or quoted.deleted_at is not None:
        return parts.Quote(post.quote_id)
    address = quoted.url or quoted.object_id
    is_waiting = post.quote_state == PENDING and post.actor_id == around.viewer_id
    if post.quote_state != ACCEPTED or not _may_show_quoted(quoted, around):
        return parts.Quote(address, is_waiting=is_waiting)
    return parts.Quote(address, _show(quoted, around))


def _may_show_quoted(quoted: Post, around: _Surroundings) -> bool:
    if quoted.actor_id == around.viewer_id:
        return True
    is_kept_away = quoted.actor_id in around.kept_away or _is_hidden(quoted.actor_id)
    return quoted.visibility in FOR_EVERYONE and not is_kept_away


def _count(shown: parts.Post, around: _Surroundings) -> parts.Post:
    counts, id = around.counts, shown.object_id
    likes, announces = counts.get((id, "like"), 0), counts.get((id, "announce"), 0)
    gallery, given = remote_gallery(), around.reactions.get(id, [])[:REACTIONS]
    reactions = tuple(gallery.reaction(one.content, one.picture_url, one.count) for one in given)
    return replace(shown, replies=around.replies.get(id, 0), likes=likes, announces=announces, reactions=reactions)


def _acts(post: Post, around: _Surroundings, back: str) -> Acts:
    quoted = around.quoted.get(post.quote_id or "")
    quotes_viewer = quoted is not None and quoted.actor_id == around.viewer_id and post.actor_id != around.viewer_id
    return Acts(
        pk=post.pk,
        actor_id=post.actor_id,
        back=back,
        liked=(post.object_id, "like") in around.own,
        announced=(post.object_id, "announce") in around.own,
        may_announce=post.visibility in FOR_EVERYONE,
        is_own=post.actor_id == around.viewer_id,
        kept=post.pk in around.kept,
        quotes_you=post.quote_state or "" if quotes_viewer else "",
    )


def _answers(post: Post, around: _Surroundings) -> parts.Link | None:
    parent = around.parents.get(post.in_reply_to or "")
    byline = around.people.get(parent.actor_id) if parent is not None else None
    if parent is None or byline is None or parent.deleted_at is not None:
        return None
    return parts.Link(path_of(parent) if around.viewer_id else parent.url or parent.object_id, byline.handle)
