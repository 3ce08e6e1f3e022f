"""The outbox log: every activity that this instance sent, with the body as its deliveries need it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, func, or_
from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, binary, moment, primary_key, reference
from storage.deliveries import QUEUED, SENT, Delivery, Leased
from storage.errors import NotFound
from storage.remote_actors import Inbox
from storage.statements import add_row, count_changed, in_chunks


class OutboxActivity(Table, table=True):
    """One activity as built, with placeholders for capabilities; of the instance where `artist_pk` is absent."""

    __tablename__ = "outbox_log"
    __table_args__ = (Index("ix_outbox_log_artist_pk_pk", "artist_pk", "pk"),)

    pk: int = primary_key()
    activity_id: str = Field(unique=True)
    artist_pk: int | None = reference("artists.pk", default=None)
    activity_type: str
    object_id: str | None = Field(default=None, index=True)
    body: bytes = binary(repr=False)
    audience: str
    created_at: datetime = moment(index=True)


@dataclass(frozen=True, slots=True)
class OutboxLog:
    """Queries about sent activities; pages go from the newest pk down."""

    session: AsyncSession

    async def add(self, activity: OutboxActivity) -> None:
        """Record an activity; its deliveries follow in the same transaction."""
        await add_row(self.session, activity)

    async def find(self, activity_id: str) -> OutboxActivity | None:
        """The activity of that id."""
        statement = select(OutboxActivity).where(OutboxActivity.activity_id == activity_id)
        return (await self.session.exec(statement)).first()

    async def get(self, pk: int) -> OutboxActivity:
        """The activity with that key; raises NotFound."""
        if (activity := await self.session.get(OutboxActivity, pk)) is None:
            raise NotFound("outbox activity", pk)
        return activity

    async def find_many(self, pks: Collection[int]) -> dict[int, OutboxActivity]:
        """The activities with these keys, by key: one query for a whole claim of deliveries."""
        found: dict[int, OutboxActivity] = {}
        for chunk in in_chunks(pks):
            rows = await self.session.exec(select(OutboxActivity).where(col(OutboxActivity.pk).in_(chunk)))
            found.update((activity.pk, activity) for activity in rows)
        return found

    async def find_for_object(self, object_id: str) -> Sequence[OutboxActivity]:
        """Everything that was sent about an object, oldest first."""
        statement = select(OutboxActivity).where(OutboxActivity.object_id == object_id).order_by(col(OutboxActivity.pk))
        return (await self.session.exec(statement)).all()

    async def find_bodies(self, after: int, limit: int) -> Sequence[tuple[int, bytes]]:
        """The keys and bodies of activities after that key, oldest first."""
        statement = select(OutboxActivity.pk, OutboxActivity.body).where(col(OutboxActivity.pk) > after)
        return (await self.session.exec(statement.order_by(col(OutboxActivity.pk)).limit(limit))).all()

    async def find_waiting_before(self, delivery: Leased, object_id: str) -> set[int]:
        """The queued deliveries to the same inbox that are older than this one and about the same object."""
        about = select(OutboxActivity.pk).where(
            or_(col(OutboxActivity.object_id) == object_id, col(OutboxActivity.activity_id) == object_id)
        )
        statement = select(Delivery.pk).where(
            col(Delivery.outbox_pk).in_(about),
            Delivery.inbox == delivery.inbox,
            Delivery.state == QUEUED,
            col(Delivery.pk) < delivery.pk,
        )
        return set(await self.session.exec(statement))

    async def find_waiting(self, artist_pk: int) -> set[int]:
        """The keys of an artist's activities of which deliveries are still queued."""
        statement = (
            select(OutboxActivity.pk)
            .join(Delivery, col(Delivery.outbox_pk) == col(OutboxActivity.pk))
            .where(OutboxActivity.artist_pk == artist_pk, Delivery.state == QUEUED)
        )
        return set(await self.session.exec(statement))

    async def find_inboxes_reached(self, artist_pk: int) -> Sequence[Inbox]:
        """Every inbox that took something of an artist's."""
        statement = (
            select(Delivery.receiver_actor_id, Delivery.inbox, Delivery.receiver_netloc)
            .join(OutboxActivity, col(Delivery.outbox_pk) == col(OutboxActivity.pk))
            .where(OutboxActivity.artist_pk == artist_pk, Delivery.state == SENT)
            .distinct()
        )
        rows = await self.session.exec(statement)
        return [Inbox(actor_id or "", inbox, None, netloc) for actor_id, inbox, netloc in rows]

    async def find_page(
        self,
        artist_pk: int,
        activity_types: Collection[str],
        audiences: Collection[str],
        *,
        before: int | None = None,
        limit: int = 20,
    ) -> Sequence[OutboxActivity]:
        """An artist's activities of these types to one of these audiences, newest first."""
        statement = select(OutboxActivity).where(
            OutboxActivity.artist_pk == artist_pk,
            col(OutboxActivity.activity_type).in_(activity_types),
            col(OutboxActivity.audience).in_(audiences),
        )
        if before is not None:
            statement = statement.where(col(OutboxActivity.pk) < before)
        return (await self.session.exec(statement.order_by(col(OutboxActivity.pk).desc()).limit(limit))).all()

    async def count(self, artist_pk: int, activity_types: Collection[str], audiences: Collection[str]) -> int:
        """How many activities of these types an artist sent to one of these audiences."""
        statement = (
            select(func.count())
            .select_from(OutboxActivity)
            .where(
                col(OutboxActivity.artist_pk) == artist_pk,
                col(OutboxActivity.activity_type).in_(activity_types),
                col(OutboxActivity.audience).in_(audiences),
            )
        )
        return (await self.session.exec(statement)).one()

    async def remove_delivered(self, before: datetime) -> int:
        """Forget activities made before then that wait for no delivery, with the deliveries; how many."""
        waiting = select(Delivery.outbox_pk).where(col(Delivery.state) == QUEUED)
        old = col(OutboxActivity.created_at) < before
        return await count_changed(
            self.session, delete(OutboxActivity).where(old, col(OutboxActivity.pk).not_in(waiting))
        )
