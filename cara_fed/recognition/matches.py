"""Does a new picture look like somebody else's? Asked before it is published, and never more than asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from activitypub.audience import Visibility
from cara_fed.errors import InvalidInput
from cara_fed.recognition.index import Near, mirror_look
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.attachments import Picture
from storage.posts import Post
from storage.records import Records

_SEEN_BY_ALL = (Visibility.PUBLIC, Visibility.UNLISTED)


@dataclass(frozen=True, slots=True)
class Match:
    """Picture ``number`` of a post to be, from 1, looks like one of somebody else's post."""

    number: int
    owner: str
    url: str


class LooksLikeOthers(InvalidInput):
    """Some pictures look like other people's; the artist decides."""

    def __init__(self, matches: Sequence[Match]) -> None:
        said = "; ".join(
            _(
                "picture %(number)s looks like one by %(owner)s, %(url)s",
                number=match.number,
                owner=match.owner,
                url=match.url,
            )
            for match in matches
        )
        super().__init__(
            _("Please look at this first: %(said)s. If it is yours to show, publish it anyway.", said=said)
        )
        self.matches = tuple(matches)


async def require_no_matches(services: Services, artist: Artist, pictures: Sequence[Picture]) -> None:
    """Raise LooksLikeOthers where a picture looks like one that somebody else shows to everybody."""
    if matches := await find_matches(services, artist, dict(enumerate(pictures, start=1))):
        raise LooksLikeOthers(matches)


async def find_matches(services: Services, artist: Artist, pictures: Mapping[int, Picture]) -> list[Match]:
    """Whose shown work an artist's pictures, by their number, look like."""
    found = [await _find_match(services, artist, number, one) for number, one in pictures.items()]
    return [match for match in found if match is not None]


async def _find_match(services: Services, artist: Artist, number: int, picture: Picture) -> Match | None:
    if picture.likeness is None:
        return None
    look = picture.likeness.whole
    nearest = await services.likenesses.find_copies(look, mirror_look(look))
    if not nearest:
        return None
    async with services.database.reading() as records:
        for post in await _read_posts(records, nearest):
            if post.artist_pk != artist.pk and post.visibility in _SEEN_BY_ALL and post.deleted_at is None:
                return Match(number, await _name_owner(records, post), post.url or post.object_id)
    return None


async def _read_posts(records: Records, nearest: Sequence[Near]) -> list[Post]:
    """The posts of these pictures, in their order."""
    pictures = await records.attachments.find([near.attachment_pk for near in nearest])
    pks = [pictures[near.attachment_pk].attachment.post_pk for near in nearest if near.attachment_pk in pictures]
    posts = [await records.posts.find_by_pk(pk) for pk in dict.fromkeys(pks) if pk]
    return [post for post in posts if post is not None]


async def _name_owner(records: Records, post: Post) -> str:
    artist = await records.artists.find_by_pk(post.artist_pk) if post.artist_pk else None
    if artist is not None:
        return f"@{artist.name}"
    actor = await records.remote_actors.find(post.actor_id)
    return f"@{actor.name}@{actor.domain}" if actor else post.actor_id
