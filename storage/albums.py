"""Albums: an artist's posts gathered under a title, in an order of their own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, func
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment, primary_key, reference
from storage.errors import AlreadyExists
from storage.posts import Post
from storage.statements import count_changed, insert_unless_known


class Album(Table, table=True):
    """An album. `slug` is the last part of its id, and stays taken after `deleted_at`.

    The works of a series are to be seen one after another: each leads to the next.
    """

    __tablename__ = "albums"
    __table_args__ = (UniqueConstraint("artist_pk", "slug"),)

    pk: int = primary_key()
    artist_pk: int = reference("artists.pk")
    slug: str
    title: str
    summary: str = long_text()
    is_series: bool = False
    created_at: datetime = moment()
    updated_at: datetime = moment()
    deleted_at: datetime | None = moment(default=None)


class AlbumPost(Table, table=True):
    """That a post is in an album, at a place from 0."""

    __tablename__ = "album_posts"

    album_pk: int = reference("albums.pk", primary=True)
    post_pk: int = reference("posts.pk", primary=True, index=True)
    position: int


@dataclass(frozen=True, slots=True)
class Albums:
    """Queries about albums; posts that were deleted since are in none."""

    session: AsyncSession

    async def add(self, album: Album) -> None:
        """Insert an album; raises AlreadyExists where the artist has or had one of that slug."""
        if not await insert_unless_known(self.session, album):
            raise AlreadyExists("album", album.slug)

    async def find(self, artist_pk: int, slug: str) -> Album | None:
        """An artist's album, deleted or not."""
        statement = select(Album).where(Album.artist_pk == artist_pk, Album.slug == slug)
        return (await self.session.exec(statement)).first()

    async def find_all(self, artist_pk: int) -> Sequence[Album]:
        """An artist's albums, the newest first."""
        statement = select(Album).where(Album.artist_pk == artist_pk, col(Album.deleted_at).is_(None))
        return (await self.session.exec(statement.order_by(col(Album.pk).desc()))).all()

    async def find_slugs(self, artist_pk: int) -> set[str]:
        """Every slug that the artist's albums have or had."""
        return set(await self.session.exec(select(Album.slug).where(Album.artist_pk == artist_pk)))

    async def find_with(self, post_pk: int) -> set[int]:
        """The keys of the albums that hold a post."""
        return set(await self.session.exec(select(AlbumPost.album_pk).where(AlbumPost.post_pk == post_pk)))

    async def find_series_of(self, post_pk: int) -> Album | None:
        """The series that a post is part of; of several the first."""
        statement = select(Album).join(AlbumPost, col(AlbumPost.album_pk) == col(Album.pk))
        mine = (AlbumPost.post_pk == post_pk, col(Album.is_series), col(Album.deleted_at).is_(None))
        return (await self.session.exec(statement.where(*mine).order_by(col(Album.pk)).limit(1))).first()

    async def find_posts(
        self, album_pk: int, visibilities: Collection[str], *, skip: int = 0, limit: int | None = None
    ) -> Sequence[Post]:
        """The posts of an album with one of these visibilities, in the album's order."""
        joined = select(Post).join(AlbumPost, col(AlbumPost.post_pk) == col(Post.pk))
        statement = joined.where(*_shown(album_pk, visibilities)).order_by(col(AlbumPost.position)).offset(skip)
        return (await self.session.exec(statement if limit is None else statement.limit(limit))).all()

    async def find_newest_posts(
        self, album_pk: int, visibilities: Collection[str], *, before: int | None = None, limit: int = 20
    ) -> Sequence[Post]:
        """The same posts by their age, newest first, below a key."""
        joined = (
            select(Post).join(AlbumPost, col(AlbumPost.post_pk) == col(Post.pk)).where(*_shown(album_pk, visibilities))
        )
        chosen = joined if before is None else joined.where(col(Post.pk) < before)
        return (await self.session.exec(chosen.order_by(col(Post.pk).desc()).limit(limit))).all()

    async def count_posts(self, album_pk: int, visibilities: Collection[str]) -> int:
        """How many posts of an album have one of these visibilities."""
        joined = select(func.count()).select_from(AlbumPost).join(Post, col(AlbumPost.post_pk) == col(Post.pk))
        return (await self.session.exec(joined.where(*_shown(album_pk, visibilities)))).one()

    async def find_covers(self, album_pks: Collection[int], visibilities: Collection[str]) -> dict[int, Post]:
        """The first post of each album that may be shown, by the album's key."""
        place = func.row_number().over(partition_by=col(AlbumPost.album_pk), order_by=col(AlbumPost.position))
        shown = (col(Post.deleted_at).is_(None), col(Post.visibility).in_(visibilities))
        ranked = (
            select(AlbumPost.album_pk, AlbumPost.post_pk, place.label("place"))
            .join(Post, col(Post.pk) == col(AlbumPost.post_pk))
            .where(col(AlbumPost.album_pk).in_(album_pks), *shown)
            .subquery()
        )
        first = select(ranked.c.album_pk, Post).join(Post, col(Post.pk) == ranked.c.post_pk).where(ranked.c.place == 1)
        return dict((await self.session.exec(first)).all())

    async def replace_posts(self, album_pk: int, post_pks: Sequence[int]) -> None:
        """Let the album hold these posts in this order."""
        await count_changed(self.session, delete(AlbumPost).where(col(AlbumPost.album_pk) == album_pk))
        self.session.add_all(
            AlbumPost(album_pk=album_pk, post_pk=pk, position=place) for place, pk in enumerate(post_pks)
        )
        await self.session.flush()


def _shown(album_pk: int, visibilities: Collection[str]) -> tuple[Any, ...]:
    living = (col(Post.deleted_at).is_(None), col(Post.visibility).in_(visibilities))
    return (col(AlbumPost.album_pk) == album_pk, *living)
