"""Timelines: what an artist's home page shows, out of what those whom they follow publish and pass on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, or_, union
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.blocks import PersonalBlock
from storage.circles import CircleMember
from storage.follows import ACCEPTED, Following
from storage.interactions import Interaction
from storage.mutes import Mute
from storage.notifications import Notification
from storage.posts import DAYS_LATELY, HOME_VISIBILITIES, PKS_OF_A_DAY, PUBLIC, Post

FOR_EVERYONE = ("public", "unlisted")


@dataclass(frozen=True, slots=True)
class HomeEntry:
    """A post on a home timeline, its place there, and who passed it on where nobody followed published it."""

    pk: int
    post: Post
    announced_by: str | None = None


@dataclass(frozen=True, slots=True)
class Timelines:
    """Queries about timelines; pages go from the newest pk down."""

    session: AsyncSession

    async def find_home(
        self, artist_pk: int, actor_id: str, *, before: int | None = None, limit: int = 20
    ) -> Sequence[HomeEntry]:
        """An artist's own posts and what those followed publish or pass on, newest first, each post once.

        Left out are answers to people who are not followed, and everything of who is muted or blocked either way.
        """
        newest = before or await self._newest()
        for since in (*(newest - days * PKS_OF_A_DAY for days in DAYS_LATELY), 0):
            found = await self._find_since(artist_pk, actor_id, since, before, limit)
            if len(found) == limit:
                break
        return found

    async def find_direct(self, artist_pk: int, *, before: int | None = None, limit: int = 20) -> Sequence[Post]:
        """An artist's direct posts, and those of others that they were told of, newest first."""
        told = exists().where(
            col(Notification.object_id) == col(Post.object_id), col(Notification.artist_pk) == artist_pk
        )
        statement = select(Post).where(
            col(Post.deleted_at).is_(None),
            col(Post.visibility) == "direct",
            or_(col(Post.artist_pk) == artist_pk, told),
            col(Post.actor_id).not_in(hidden_from(artist_pk)),
            *_between(col(Post.pk), 0, before),
        )
        return (await self.session.exec(statement.order_by(col(Post.pk).desc()).limit(limit))).all()

    async def find_local(self, artist_pk: int, *, before: int | None = None, limit: int = 20) -> Sequence[Post]:
        """What this instance's artists publish for everybody, answers left out, newest first."""
        statement = select(Post).where(
            col(Post.deleted_at).is_(None),
            col(Post.artist_pk).is_not(None),
            col(Post.visibility) == PUBLIC,
            col(Post.in_reply_to).is_(None),
            col(Post.actor_id).not_in(hidden_from(artist_pk)),
            *_between(col(Post.pk), 0, before),
        )
        return (await self.session.exec(statement.order_by(col(Post.pk).desc()).limit(limit))).all()

    async def find_circle(
        self, artist_pk: int, actor_id: str, circle_pk: int, *, before: int | None = None, limit: int = 20
    ) -> Sequence[HomeEntry]:
        """What those of a circle publish or pass on who are still followed, newest first, each post once."""
        inside = select(CircleMember.actor_id).where(CircleMember.circle_pk == circle_pk)
        members = _followed(artist_pk).where(col(Following.actor_id).in_(inside))
        statement = select(Post).where(
            col(Post.deleted_at).is_(None),
            col(Post.actor_id).in_(members),
            col(Post.actor_id).not_in(hidden_from(artist_pk)),
            col(Post.visibility).in_(HOME_VISIBILITIES),
            *_between(col(Post.pk), 0, before),
        )
        rows = await self.session.exec(statement.order_by(col(Post.pk).desc()).limit(limit))
        announced = await self._find_announced(artist_pk, actor_id, members, 0, before, limit)
        return _once([*(HomeEntry(post.pk, post) for post in rows), *announced], limit)

    async def _find_since(
        self, artist_pk: int, actor_id: str, since: int, before: int | None, limit: int
    ) -> list[HomeEntry]:
        posts = await self._find_posts(artist_pk, actor_id, since, before, limit)
        announced = await self._find_announced(artist_pk, actor_id, _followed(artist_pk), since, before, limit)
        return _once([*posts, *announced], limit)

    async def _find_posts(
        self, artist_pk: int, actor_id: str, since: int, before: int | None, limit: int
    ) -> list[HomeEntry]:
        followed, parent = _followed(artist_pk), aliased(Post)
        answers_somebody_followed = exists().where(
            col(parent.object_id) == col(Post.in_reply_to),
            or_(col(parent.actor_id).in_(followed), col(parent.actor_id) == actor_id),
        )
        statement = select(Post).where(
            col(Post.deleted_at).is_(None),
            or_(col(Post.actor_id).in_(followed), col(Post.artist_pk) == artist_pk),
            col(Post.actor_id).not_in(hidden_from(artist_pk)),
            col(Post.visibility).in_(HOME_VISIBILITIES),
            or_(col(Post.in_reply_to).is_(None), answers_somebody_followed),
            *_between(col(Post.pk), since, before),
        )
        rows = await self.session.exec(statement.order_by(col(Post.pk).desc()).limit(limit))
        return [HomeEntry(post.pk, post) for post in rows]

    async def _find_announced(
        self, artist_pk: int, actor_id: str, announcers: Any, since: int, before: int | None, limit: int
    ) -> list[HomeEntry]:
        hidden = hidden_from(artist_pk)
        statement = (
            select(Interaction.pk, Interaction.actor_id, Post)
            .join(Post, col(Post.object_id) == col(Interaction.object_id))
            .where(
                col(Interaction.kind) == "announce",
                col(Interaction.actor_id).in_(announcers),
                col(Interaction.actor_id).not_in(hidden),
                col(Post.actor_id).not_in(hidden),
                col(Post.actor_id) != actor_id,
                col(Post.deleted_at).is_(None),
                col(Post.visibility).in_(FOR_EVERYONE),
                *_between(col(Interaction.pk), since, before),
            )
        )
        rows = await self.session.exec(statement.order_by(col(Interaction.pk).desc()).limit(limit))
        return [HomeEntry(pk, post, announcer) for pk, announcer, post in rows]

    async def _newest(self) -> int:
        posts = (await self.session.exec(select(func.max(Post.pk)))).one() or 0
        return max(posts, (await self.session.exec(select(func.max(Interaction.pk)))).one() or 0)


def _once(entries: list[HomeEntry], limit: int) -> list[HomeEntry]:
    """The newest of these, each post where it was seen last."""
    once = {entry.post.pk: entry for entry in sorted(entries, key=lambda entry: entry.pk)}
    return sorted(once.values(), key=lambda entry: entry.pk, reverse=True)[:limit]


def _followed(artist_pk: int) -> Any:
    return select(Following.actor_id).where(Following.artist_pk == artist_pk, Following.state == ACCEPTED)


def hidden_from(artist_pk: int) -> Any:
    """The ids of everybody whom an artist does not want to see."""
    muted = select(Mute.actor_id).where(Mute.artist_pk == artist_pk)
    return union(muted, select(PersonalBlock.actor_id).where(PersonalBlock.artist_pk == artist_pk))


def _between(pk: Any, since: int, before: int | None) -> tuple[Any, ...]:
    return (pk > since,) if before is None else (pk > since, pk < before)
