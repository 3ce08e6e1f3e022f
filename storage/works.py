"""Works: the posts of this instance's artists that have pictures."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from storage.albums import Album
from storage.attachments import Attachment
from storage.credits import AGREED, Credit
from storage.portfolio import PortfolioEntry
from storage.posts import PUBLIC, Post, PostTag, by_shown_artists

FOR_EVERYONE = (PUBLIC, "unlisted")
LATELY = 500
"""Of how many works it is asked which hashtags are usual."""


@dataclass(frozen=True, slots=True)
class PostCounts:
    """How many posts there are, how many of them have pictures, and how many albums."""

    posts: int
    works: int
    albums: int = 0
    shared: int = 0
    """How many works of others name the artist as one of those who made them."""
    chosen: int = 0
    """How many posts the artist chose to be shown first."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The works of the same artist before and after one."""

    newer: Post | None
    older: Post | None


@dataclass(frozen=True, slots=True)
class Works:
    """Queries about works; pages go from the newest pk down, `before` being the last pk of the page above."""

    session: AsyncSession

    async def find_page(
        self,
        visibilities: Collection[str],
        *,
        artist_pk: int | None = None,
        hung: bool = False,
        without: Collection[int] = (),
        before: int | None = None,
        limit: int = 20,
    ) -> Sequence[Post]:
        """Works with one of these visibilities, of one artist or of all, newest first, but for those `without`.

        With `hung`, also works of others that the artist agreed to be named in and hangs beside her own.
        """
        chosen = _works(visibilities)
        if artist_pk is not None:
            chosen = chosen.where(_hangs_with(artist_pk, hung=hung))
        if without:
            chosen = chosen.where(col(Post.pk).not_in(without))
        if before is not None:
            chosen = chosen.where(col(Post.pk) < before)
        return (await self.session.exec(chosen.order_by(col(Post.pk).desc()).limit(limit))).all()

    async def find_arranged(
        self,
        visibilities: Collection[str],
        *,
        artist_pk: int,
        hung: bool = False,
        before: int | None = None,
        limit: int = 20,
    ) -> Sequence[Post]:
        """An artist's works as they hang: first what she chose, in her order, then all others, newest first.

        The choice is on the first page alone, whose last work is an older one wherever another page follows.
        """
        entry = and_(col(PortfolioEntry.post_pk) == col(Post.pk), col(PortfolioEntry.artist_pk) == artist_pk)
        place = col(PortfolioEntry.position)
        works = _works(visibilities).where(_hangs_with(artist_pk, hung=hung)).outerjoin(PortfolioEntry, entry)
        if before is not None:
            works = works.where(col(Post.pk) < before, place.is_(None))
        ordered = works.order_by(place.is_(None), place, col(Post.pk).desc())
        return (await self.session.exec(ordered.limit(limit))).all()

    async def find_shared(
        self, artist_pk: int, visibilities: Collection[str], *, before: int | None = None, limit: int = 20
    ) -> Sequence[Post]:
        """Works of others that an artist agreed to be named in, newest first."""
        chosen = _works(visibilities).where(col(Post.pk).in_(_shared(artist_pk)))
        if before is not None:
            chosen = chosen.where(col(Post.pk) < before)
        return (await self.session.exec(chosen.order_by(col(Post.pk).desc()).limit(limit))).all()

    async def find_latest(self, each: int) -> dict[int, list[Post]]:
        """The newest public works of every artist, at most `each`, by the artist's pk."""
        place = func.row_number().over(partition_by=col(Post.artist_pk), order_by=col(Post.pk).desc())
        ranked = select(Post.pk, place.label("place")).where(*_are_works((PUBLIC,))).subquery()
        chosen = select(Post).join(ranked, ranked.c.pk == col(Post.pk)).where(ranked.c.place <= each)
        found: defaultdict[int, list[Post]] = defaultdict(list)
        for post in await self.session.exec(chosen.order_by(col(Post.pk).desc())):
            found[post.artist_pk or 0].append(post)
        return dict(found)

    async def find_beside(self, post: Post, visibilities: Collection[str]) -> Beside:
        """The works next to this one."""
        chosen = _works(visibilities).where(col(Post.artist_pk) == post.artist_pk).limit(1)
        newer = chosen.where(col(Post.pk) > post.pk).order_by(col(Post.pk))
        older = chosen.where(col(Post.pk) < post.pk).order_by(col(Post.pk).desc())
        return Beside((await self.session.exec(newer)).first(), (await self.session.exec(older)).first())

    async def count(self, artist_pk: int, visibilities: Collection[str]) -> PostCounts:
        """How many living posts an artist has with one of these visibilities, how many works hang, and the albums."""
        own_albums = select(func.count()).where(Album.artist_pk == artist_pk, col(Album.deleted_at).is_(None))
        works = func.count().filter(_has_pictures()) + _count_shared(artist_pk, hangs=True)
        chosen = select(func.count()).where(PortfolioEntry.artist_pk == artist_pk).scalar_subquery()
        counts: Any = func.count(), works, own_albums.scalar_subquery(), _count_shared(artist_pk), chosen
        living = col(Post.deleted_at).is_(None), col(Post.visibility).in_(visibilities)
        statement = select(*counts).select_from(Post).where(col(Post.artist_pk) == artist_pk, *living)
        return PostCounts(*(await self.session.exec(statement)).one())

    async def find_tags(self, *, limit: int) -> Sequence[str]:
        """The hashtags that the last public works bear most often, folded; the most usual first."""
        latest = select(Post.pk).where(*_are_works((PUBLIC,))).order_by(col(Post.pk).desc()).limit(LATELY)
        used = select(PostTag.tag).where(col(PostTag.post_pk).in_(latest)).group_by(col(PostTag.tag))
        return (await self.session.exec(used.order_by(func.count().desc(), col(PostTag.tag)).limit(limit))).all()

    async def count_by_artist(self) -> dict[int, int]:
        """How many public works each artist has, by pk; nothing for none."""
        counted = select(Post.artist_pk, func.count()).where(*_are_works((PUBLIC,))).group_by(col(Post.artist_pk))
        return {pk or 0: n for pk, n in await self.session.exec(counted)}


def _hangs_with(artist_pk: int, *, hung: bool) -> Any:
    own = col(Post.artist_pk) == artist_pk
    return or_(own, col(Post.pk).in_(_shared(artist_pk, hangs=True))) if hung else own


def _shared(artist_pk: int, *, hangs: bool = False) -> Any:
    named = select(Credit.post_pk).where(Credit.artist_pk == artist_pk, Credit.state == AGREED)
    return named.where(col(Credit.hangs)) if hangs else named


def _count_shared(artist_pk: int, *, hangs: bool = False) -> Any:
    shown = select(Post.pk).where(*_are_works(FOR_EVERYONE), col(Post.pk).in_(_shared(artist_pk, hangs=hangs)))
    return select(func.count()).select_from(shown.subquery()).scalar_subquery()


def _works(visibilities: Collection[str]) -> SelectOfScalar[Post]:
    return select(Post).where(*_are_works(visibilities))


def _are_works(visibilities: Collection[str]) -> tuple[Any, ...]:
    return (
        *by_shown_artists(),
        col(Post.deleted_at).is_(None),
        col(Post.visibility).in_(visibilities),
        _has_pictures(),
    )


def _has_pictures() -> Any:
    return select(Attachment.pk).where(col(Attachment.post_pk) == col(Post.pk)).exists()
