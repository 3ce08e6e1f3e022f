"""What the blocklist is held against: everybody who follows or is followed, and everything that waits to be sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, cast, or_
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.deliveries import CANCELLED, QUEUED, Delivery
from storage.follows import Follower, Following
from storage.outbox_log import OutboxActivity
from storage.remote_actors import RemoteActor
from storage.statements import count_changed, in_chunks

# The audience of the one activity that goes to a listed actor: that it follows no longer.
FAREWELL = "farewell"

FollowTable = type[Follower] | type[Following]


@dataclass(frozen=True, slots=True)
class Follow:
    """A follow with what its actor can be listed by; the inboxes are None for one who is not known."""

    pk: int
    artist_pk: int
    actor_id: str
    state: str
    follow_id: str
    netloc: str | None
    inbox: str | None
    shared_inbox: str | None


@dataclass(frozen=True, slots=True)
class Address:
    """Where deliveries wait for: an inbox, the server of its actor, and the actor where it is a personal one."""

    inbox: str
    receiver_netloc: str
    receiver_actor_id: str | None


@dataclass(frozen=True, slots=True)
class KnownAs:
    """An actor and the other names that it gives itself."""

    actor_id: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Enforcement:
    """Queries over follows and deliveries as a whole."""

    session: AsyncSession

    async def find_follows(self, table: FollowTable, states: Collection[str]) -> Sequence[Follow]:
        """Every artist's follows in these states."""
        statement: Any = (
            select(  # type: ignore[call-overload]
                table.pk, table.artist_pk, table.actor_id, table.state, table.follow_id,
                RemoteActor.netloc, RemoteActor.inbox, RemoteActor.shared_inbox,
            )
            .outerjoin(RemoteActor, col(RemoteActor.actor_id) == col(table.actor_id))
            .where(col(table.state).in_(states))
        )  # fmt: skip
        return [Follow(*row) for row in await self.session.exec(statement)]

    async def set_states(self, table: FollowTable, pks: Collection[int], old: Collection[str], new: str) -> set[int]:
        """Bring follows that are in one of the old states into the new one; the keys of those that changed."""
        changed: set[int] = set()
        for chunk in in_chunks(pks):
            statement = update(table).where(col(table.pk).in_(chunk), col(table.state).in_(old)).values(state=new)
            changed.update((await self.session.exec(statement.returning(col(table.pk)))).scalars())
        return changed

    async def find_addresses(self) -> Sequence[Address]:
        """Where anything waits to be sent to."""
        statement = select(Delivery.inbox, Delivery.receiver_netloc, Delivery.receiver_actor_id).where(
            Delivery.state == QUEUED
        )
        return [Address(*row) for row in await self.session.exec(statement.distinct())]

    async def find_waiting(self, address: Address, artist_pk: int) -> Sequence[OutboxActivity]:
        """The artist's activities that wait to be sent there."""
        statement = (
            select(OutboxActivity)
            .join(Delivery, col(Delivery.outbox_pk) == col(OutboxActivity.pk))
            .where(OutboxActivity.artist_pk == artist_pk, *_is_queued_for(address))
        )
        return (await self.session.exec(statement)).all()

    async def cancel(
        self,
        address: Address,
        now: datetime,
        reason: str,
        *,
        outbox_pks: Collection[int] | None = None,
        but_audience: str = "",
    ) -> int:
        """Cancel what waits for an address, but for what is being sent this moment; how many.

        ``outbox_pks`` cancels these activities alone, ``but_audience`` leaves those for that audience.
        """
        unleased = or_(col(Delivery.lease_until).is_(None), col(Delivery.lease_until) <= now)
        statement = update(Delivery).where(*_is_queued_for(address), unleased)
        if outbox_pks is not None:
            statement = statement.where(col(Delivery.outbox_pk).in_(outbox_pks))
        if but_audience:
            spared = select(OutboxActivity.pk).where(col(OutboxActivity.audience) == but_audience)
            statement = statement.where(col(Delivery.outbox_pk).not_in(spared))
        values = {"state": CANCELLED, "last_error": reason, "finished_at": now, "lease_until": None}
        return await count_changed(self.session, statement.values(values))

    async def find_other_names(self) -> Sequence[KnownAs]:
        """Every remote actor that gives itself other names, by alsoKnownAs or movedTo."""
        has_names = cast(col(RemoteActor.also_known_as), Text) != "[]"
        statement = select(RemoteActor.actor_id, RemoteActor.also_known_as, RemoteActor.moved_to)
        rows = await self.session.exec(statement.where(or_(has_names, col(RemoteActor.moved_to).is_not(None))))
        return [KnownAs(id, (*names, *([moved_to] if moved_to else ()))) for id, names, moved_to in rows]


def _is_queued_for(address: Address) -> tuple[Any, ...]:
    actor_id = col(Delivery.receiver_actor_id)
    return (
        col(Delivery.state) == QUEUED,
        col(Delivery.inbox) == address.inbox,
        col(Delivery.receiver_netloc) == address.receiver_netloc,
        actor_id.is_(None) if address.receiver_actor_id is None else actor_id == address.receiver_actor_id,
    )
