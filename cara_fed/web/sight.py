"""Who may see what: visitors what is public, followers more, the artist and those named all of it."""

from dataclasses import dataclass
from typing import Final

from activitypub.audience import Visibility
from activitypub.identifiers import Site
from cara_fed.translate.posts import read_mentions
from cara_fed.web.parts import FollowState
from storage.artists import Artist
from storage.posts import Post
from storage.records import Records

EVERYBODYS: Final = (Visibility.PUBLIC, Visibility.UNLISTED)
FOLLOWERS: Final = (*EVERYBODYS, Visibility.FOLLOWERS)
OWN: Final = tuple(Visibility)

_STATES: Final = {"pending": FollowState.PENDING, "accepted": FollowState.FOLLOWING}


@dataclass(frozen=True, slots=True)
class Sight:
    """How the one who looks stands to an artist of this instance; ``viewer_id`` is their actor id, None a visitor's."""

    follow: FollowState
    viewer_id: str | None = None

    @property
    def visibilities(self) -> tuple[Visibility, ...]:
        """Of which posts an artist's pages may be made."""
        if self.follow is FollowState.SELF:
            return OWN
        return FOLLOWERS if self.follow is FollowState.FOLLOWING else EVERYBODYS

    def may_see(self, post: Post) -> bool:
        """Whether this one post may be shown."""
        named = self.viewer_id is not None and any(one.actor_id == self.viewer_id for one in read_mentions(post))
        return named or post.visibility in self.visibilities


async def look_at(records: Records, artist: Artist, viewer: Artist | None, site: Site) -> Sight:
    """How ``viewer`` stands to ``artist``; a visitor costs no query."""
    if viewer is None:
        return Sight(FollowState.VISITOR)
    viewer_id = site.actor(viewer.name)
    if viewer.pk == artist.pk:
        return Sight(FollowState.SELF, viewer_id)
    follow = await records.following.find(viewer.pk, site.actor(artist.name))
    return Sight(_STATES.get(follow.state, FollowState.NONE) if follow else FollowState.NONE, viewer_id)
