"""Bookmarks: posts that an artist wants to find again; nobody else learns of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, reference
from storage.posts import Post
from storage.statements import count_changed, insert_unless_known
from storage.timelines import hidden_from


class Bookmark(Table, table=True):
    """That an artist keeps a post; `place` is a key of the clock, the later the newer."""

    __tablename__ = "bookmarks"
    __table_args__ = (Index("ix_bookmarks_artist_pk_place", "artist_pk", "place"),)

    artist_pk: int = reference("artists.pk", primary=True)
    post_pk: int = reference("posts.pk", primary=True, index=True)
    place: int = Field(sa_type=BigInteger)


@dataclass(frozen=True, slots=True)
class Bookmarks:
    """Queries about bookmarks."""

    session: AsyncSession

    async def add(self, bookmark: Bookmark) -> bool:
        """Keep a post; False where it is kept already."""
        return await insert_unless_known(self.session, bookmark)

    async def remove(self, artist_pk: int, post_pk: int) -> None:
        """Keep it no longer."""
        mine = (col(Bookmark.artist_pk) == artist_pk, col(Bookmark.post_pk) == post_pk)
        await count_changed(self.session, delete(Bookmark).where(*mine))

    async def find_kept(self, artist_pk: int, post_pks: Collection[int]) -> set[int]:
        """Those of these posts that an artist keeps."""
        mine = select(Bookmark.post_pk).where(Bookmark.artist_pk == artist_pk, col(Bookmark.post_pk).in_(post_pks))
        return set(await self.session.exec(mine))

    async def find_page(
        self, artist_pk: int, *, before: int | None = None, limit: int = 20
    ) -> Sequence[tuple[int, Post]]:
        """Kept posts with their places, the last kept first; without those of who is muted or blocked."""
        statement = (
            select(Bookmark.place, Post)
            .join(Post, col(Post.pk) == col(Bookmark.post_pk))
            .where(
                Bookmark.artist_pk == artist_pk,
                col(Post.deleted_at).is_(None),
                col(Post.actor_id).not_in(hidden_from(artist_pk)),
            )
        )
        if before is not None:
            statement = statement.where(col(Bookmark.place) < before)
        rows = await self.session.exec(statement.order_by(col(Bookmark.place).desc()).limit(limit))
        return [(place, post) for place, post in rows]
