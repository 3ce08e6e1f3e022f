"""Alt texts that readers propose, until the artist takes or leaves them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment, primary_key, reference
from storage.statements import add_row, count_changed


class AltProposal(Table, table=True):
    """What somebody, here or elsewhere, would say of a picture; `answer_id` is the post that says it, if any."""

    __tablename__ = "alt_proposals"

    pk: int = primary_key()
    post_pk: int = reference("posts.pk", index=True)
    attachment_pk: int = reference("attachments.pk", index=True)
    actor_id: str = Field(index=True)
    answer_id: str = Field(default="", index=True)
    text: str = long_text()
    created_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class AltProposals:
    """Queries about proposals; `actor_id` is whose they are."""

    session: AsyncSession

    async def add(self, row: AltProposal) -> None:
        """Insert a proposal, in place of what the same one proposed of the same picture."""
        mine = (col(AltProposal.attachment_pk) == row.attachment_pk, col(AltProposal.actor_id) == row.actor_id)
        await count_changed(self.session, delete(AltProposal).where(*mine))
        await add_row(self.session, row)

    async def find_for_post(self, post_pk: int) -> Sequence[AltProposal]:
        """Every proposal for a post, the oldest first."""
        statement = select(AltProposal).where(AltProposal.post_pk == post_pk).order_by(col(AltProposal.pk))
        return (await self.session.exec(statement)).all()

    async def find(self, post_pk: int, pk: int) -> AltProposal | None:
        """One proposal for a post."""
        found = await self.session.exec(select(AltProposal).where(AltProposal.post_pk == post_pk, AltProposal.pk == pk))
        return found.first()

    async def remove(self, pk: int) -> None:
        """Forget one."""
        await count_changed(self.session, delete(AltProposal).where(col(AltProposal.pk) == pk))

    async def remove_answer(self, answer_id: str) -> None:
        """Forget what stood in a post that was changed or is gone."""
        await count_changed(self.session, delete(AltProposal).where(col(AltProposal.answer_id) == answer_id))

    async def remove_actor(self, actor_id: str) -> None:
        """Forget all of somebody's."""
        await count_changed(self.session, delete(AltProposal).where(col(AltProposal.actor_id) == actor_id))

    async def remove_for(self, attachment_pk: int) -> None:
        """Forget all about one picture."""
        await count_changed(self.session, delete(AltProposal).where(col(AltProposal.attachment_pk) == attachment_pk))
