"""Post versions: what a post said before it was edited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Index, func
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, json_list, long_text, moment, primary_key, reference
from storage.statements import add_row, count_changed

KEPT: Final = 30
"""Of each post: what it said first, and the last ones."""


class PostVersion(Table, table=True):
    """What a post said from ``made_at`` on; ``alts`` are its pictures' descriptions, in their order."""

    __tablename__ = "post_versions"
    __table_args__ = (Index("ix_post_versions_post_pk_pk", "post_pk", "pk"),)

    pk: int = primary_key()
    post_pk: int = reference("posts.pk")
    made_at: datetime = moment()
    content: str = long_text()
    content_warning: str = long_text()
    alts: list[Any] = json_list()


@dataclass(frozen=True, slots=True)
class PostVersions:
    """Queries about what posts said before."""

    session: AsyncSession

    async def add(self, version: PostVersion) -> None:
        """Keep what a post said until now; where there is no more room, the second oldest goes."""
        await add_row(self.session, version)
        counted = select(func.count()).where(PostVersion.post_pk == version.post_pk)
        if (await self.session.exec(counted)).one() > KEPT:
            own = select(PostVersion.pk).where(PostVersion.post_pk == version.post_pk).order_by(col(PostVersion.pk))
            second = (await self.session.exec(own.offset(1).limit(1))).one()
            await count_changed(self.session, delete(PostVersion).where(col(PostVersion.pk) == second))

    async def find(self, post_pk: int) -> Sequence[PostVersion]:
        """What a post said before, the latest first."""
        statement = select(PostVersion).where(PostVersion.post_pk == post_pk).order_by(col(PostVersion.pk).desc())
        return (await self.session.exec(statement)).all()
