"""Post updates: local posts of which everybody who has them is to be told what they are now, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, reference
from storage.queues import unlocked
from storage.statements import count_changed, insert_unless_known


class PostUpdate(Table, table=True):
    """That an Update of a post is due. One row for each post, however much happened to it meanwhile."""

    __tablename__ = "post_updates"

    post_pk: int = reference("posts.pk", primary=True)
    due_at: datetime = moment(index=True)


@dataclass(frozen=True, slots=True)
class PostUpdates:
    """Queries about updates that are due."""

    session: AsyncSession

    async def ask(self, post_pk: int, due_at: datetime) -> None:
        """Let a post be told about by then; where that was asked before, whichever is sooner."""
        if not await insert_unless_known(self.session, PostUpdate(post_pk=post_pk, due_at=due_at)):
            later = col(PostUpdate.post_pk) == post_pk, col(PostUpdate.due_at) > due_at
            await count_changed(self.session, update(PostUpdate).where(*later).values(due_at=due_at))

    async def is_anything_due(self, now: datetime) -> bool:
        """Whether a claim may find something: a look that writes nothing."""
        due = select(PostUpdate.post_pk).where(col(PostUpdate.due_at) <= now).limit(1)
        return (await self.session.exec(due)).first() is not None

    async def claim(self, now: datetime, limit: int) -> Sequence[int]:
        """Take posts that are due off the list, and send their Updates in the same transaction; by key."""
        due = select(PostUpdate.post_pk).where(col(PostUpdate.due_at) <= now).order_by(col(PostUpdate.due_at))
        taken = delete(PostUpdate).where(col(PostUpdate.post_pk).in_(unlocked(due.limit(limit))))
        return (await self.session.exec(taken.returning(col(PostUpdate.post_pk)))).scalars().all()
