"""Polls: what a post asks, what was answered, and by whom, each voter once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, json_list, moment, reference
from storage.queues import unlocked
from storage.statements import add_row, count_changed, in_chunks, insert_unless_known


class Poll(Table, table=True):
    """A post's poll. ``options`` are {"name", "votes"} in their order: of a local one what was counted here, of another
    what its server says."""

    __tablename__ = "polls"
    __table_args__ = (Index("ix_polls_closed_at_ends_at", "closed_at", "ends_at"),)

    post_pk: int = reference("posts.pk", primary=True)
    options: list[Any] = json_list()
    multiple: bool = False
    ends_at: datetime | None = moment(default=None)
    closed_at: datetime | None = moment(default=None)
    voters: int | None = None


class PollVote(Table, table=True):
    """That an actor chose an option. ``slot`` is the option where several may be chosen, else 0: nobody votes twice."""

    __tablename__ = "poll_votes"

    post_pk: int = reference("posts.pk", primary=True)
    actor_id: str = Field(primary_key=True, index=True)
    slot: int = Field(primary_key=True)
    choice: int
    created_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class Polls:
    """Queries about polls and votes."""

    session: AsyncSession

    async def add(self, poll: Poll) -> None:
        """Keep a new post's poll."""
        await add_row(self.session, poll)

    async def find(self, post_pk: int) -> Poll | None:
        """A post's poll."""
        return await self.session.get(Poll, post_pk)

    async def find_many(self, post_pks: Collection[int]) -> dict[int, Poll]:
        """The polls of those of these posts that have one, by key."""
        found: dict[int, Poll] = {}
        for chunk in in_chunks(post_pks):
            rows = await self.session.exec(select(Poll).where(col(Poll.post_pk).in_(chunk)))
            found.update((poll.post_pk, poll) for poll in rows)
        return found

    async def vote(self, post_pk: int, actor_id: str, choice: int, now: datetime) -> bool:
        """Count a vote; False where there is no such poll or option, or the actor has voted so, or at all, before."""
        locked = select(Poll).where(Poll.post_pk == post_pk).with_for_update()
        poll = (await self.session.exec(locked, execution_options={"populate_existing": True})).first()
        if poll is None or not 0 <= choice < len(poll.options):
            return False
        is_new_voter = not await self.find_choices(actor_id, [post_pk])
        slot = choice if poll.multiple else 0
        row = PollVote(post_pk=post_pk, actor_id=actor_id, slot=slot, choice=choice, created_at=now)
        if not await insert_unless_known(self.session, row):
            return False
        poll.options = [
            {**option, "votes": option["votes"] + (place == choice)} for place, option in enumerate(poll.options)
        ]
        poll.voters = (poll.voters or 0) + is_new_voter
        return True

    async def note_vote(self, row: PollVote) -> bool:
        """Remember a vote that another server counts; False where it was given before."""
        return await insert_unless_known(self.session, row)

    async def find_choices(self, actor_id: str, post_pks: Collection[int]) -> dict[int, set[int]]:
        """What an actor chose in these posts' polls, by the post's key; nothing for none."""
        found: dict[int, set[int]] = {}
        for chunk in in_chunks(post_pks):
            statement = select(PollVote.post_pk, PollVote.choice).where(
                PollVote.actor_id == actor_id, col(PollVote.post_pk).in_(chunk)
            )
            for post_pk, choice in await self.session.exec(statement):
                found.setdefault(post_pk, set()).add(choice)
        return found

    async def find_voters(self, post_pk: int) -> Sequence[str]:
        """The ids of everybody who voted, as far as that is known here."""
        return (await self.session.exec(select(PollVote.actor_id).where(PollVote.post_pk == post_pk).distinct())).all()

    async def is_anything_over(self, now: datetime) -> bool:
        """Whether a claim may find something: a look that writes nothing."""
        return (await self.session.exec(select(Poll.post_pk).where(*_is_over(now)).limit(1))).first() is not None

    async def claim_over(self, now: datetime, limit: int) -> Sequence[Poll]:
        """Close polls whose time has come, and do what follows from that in the same transaction."""
        over = unlocked(select(Poll.post_pk).where(*_is_over(now)).order_by(col(Poll.ends_at)).limit(limit))
        closing = update(Poll).where(col(Poll.post_pk).in_(over)).values(closed_at=now).returning(Poll)
        return (await self.session.exec(closing)).scalars().all()

    async def forget_votes(self, post_pk: int) -> int:
        """Forget who voted, as when the options become others; how many."""
        return await count_changed(self.session, delete(PollVote).where(col(PollVote.post_pk) == post_pk))

    async def remove_actor(self, actor_id: str) -> int:
        """Forget the name of a voter who is gone; what was counted stays."""
        return await count_changed(self.session, delete(PollVote).where(col(PollVote.actor_id) == actor_id))


def _is_over(now: datetime) -> tuple[Any, Any]:
    return col(Poll.closed_at).is_(None), col(Poll.ends_at) <= now
