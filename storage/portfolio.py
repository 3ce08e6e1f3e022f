"""The portfolio: the posts that an artist chose to be shown first, here and on other servers' profiles."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, reference
from storage.posts import Post
from storage.statements import count_changed


class PortfolioEntry(Table, table=True):
    """That a post is in its artist's portfolio, at a place from 0."""

    __tablename__ = "portfolio"

    artist_pk: int = reference("artists.pk", primary=True)
    post_pk: int = reference("posts.pk", primary=True, index=True)
    position: int


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Queries about portfolios; posts that were deleted since are in none."""

    session: AsyncSession

    async def find(self, artist_pk: int) -> Sequence[Post]:
        """An artist's portfolio in its order."""
        statement = select(Post).join(PortfolioEntry, col(PortfolioEntry.post_pk) == col(Post.pk))
        chosen = statement.where(PortfolioEntry.artist_pk == artist_pk, col(Post.deleted_at).is_(None))
        return (await self.session.exec(chosen.order_by(col(PortfolioEntry.position)))).all()

    async def holds(self, artist_pk: int, post_pk: int) -> bool:
        """Whether a post is in its artist's portfolio."""
        return await self.session.get(PortfolioEntry, (artist_pk, post_pk)) is not None

    async def replace(self, artist_pk: int, post_pks: Sequence[int]) -> None:
        """Let these posts, in this order, be the portfolio."""
        await count_changed(self.session, delete(PortfolioEntry).where(col(PortfolioEntry.artist_pk) == artist_pk))
        self.session.add_all(
            PortfolioEntry(artist_pk=artist_pk, post_pk=pk, position=place) for place, pk in enumerate(post_pks)
        )
        await self.session.flush()
