"""Quotes: posts that show another post within them, and whether its author permits it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.posts import Post

PENDING: Final = "pending"
"""Nobody has said yes; the quoted post is not shown within the other."""
ACCEPTED: Final = "accepted"
REFUSED: Final = "refused"
REVOKED: Final = "revoked"
WITHOUT_PERMISSION: Final = (REFUSED, REVOKED)


@dataclass(frozen=True, slots=True)
class Quotes:
    """Queries about posts that quote others."""

    session: AsyncSession

    async def find_by_request(self, request_id: str) -> Post | None:
        """The post for which permission was asked by this activity."""
        asked = select(Post).where(Post.quote_request_id == request_id, col(Post.deleted_at).is_(None))
        return (await self.session.exec(asked)).first()

    async def find_by_authorization(self, authorization_id: str) -> Sequence[Post]:
        """Every post that names this authorization; of another server's, several may."""
        named = select(Post).where(Post.quote_authorization == authorization_id, col(Post.deleted_at).is_(None))
        return (await self.session.exec(named)).all()
