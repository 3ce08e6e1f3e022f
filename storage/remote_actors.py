"""Remote actors: people, services and groups of other servers, as their documents last said."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import distinct, func
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from storage.columns import Table, json_list, long_text, moment, primary_key
from storage.errors import NotFound
from storage.statements import count_changed, in_chunks, insert_or_replace


class RemoteActor(Table, table=True):
    """An actor of another server; `domain` is its handle's, `netloc` its id's."""

    __tablename__ = "remote_actors"

    pk: int = primary_key()
    actor_id: str = Field(unique=True)
    actor_type: str = "Person"
    name: str = Field(default="", index=True)
    domain: str = ""
    netloc: str = Field(index=True)
    display_name: str = ""
    summary: str = long_text()
    url: str = ""
    inbox: str
    shared_inbox: str | None = None
    followers: str | None = None
    icon_url: str | None = None
    also_known_as: list[str] = json_list()
    moved_to: str | None = None
    manually_approves: bool = False
    opt_out: str | None = None
    emoji: list[Any] = json_list()
    document: str = long_text(repr=False)
    fetched_at: datetime = moment()
    gone_at: datetime | None = moment(default=None)


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where an actor receives: its own inbox, and its server's shared one where there is one."""

    actor_id: str
    inbox: str
    shared_inbox: str | None
    netloc: str


@dataclass(frozen=True, slots=True)
class RemoteActors:
    """Queries about remote actors."""

    session: AsyncSession

    async def record(self, actor: RemoteActor) -> RemoteActor:
        """Keep what a document said: a new row, or the known one brought up to it (its pk stays)."""
        await insert_or_replace(self.session, actor, key=["actor_id"], keep=["pk"])
        return await self.get(actor.actor_id)

    async def find(self, actor_id: str) -> RemoteActor | None:
        """The actor of that id, gone or not."""
        statement = select(RemoteActor).where(RemoteActor.actor_id == actor_id)
        return (await self.session.exec(statement, execution_options={"populate_existing": True})).first()

    async def get(self, actor_id: str) -> RemoteActor:
        """Like `find`, or raises NotFound."""
        if (actor := await self.find(actor_id)) is None:
            raise NotFound("actor", actor_id)
        return actor

    async def find_by_pk(self, pk: int) -> RemoteActor | None:
        """The actor with that key."""
        return await self.session.get(RemoteActor, pk)

    async def find_by_handle(self, name: str, domain: str) -> RemoteActor | None:
        """The actor last seen under `@name@domain`, compared without case; the newest where several were."""
        statement = (
            select(RemoteActor)
            .where(func.lower(RemoteActor.name) == name.lower(), col(RemoteActor.domain) == domain.lower())
            .order_by(col(RemoteActor.fetched_at).desc())
            .limit(1)
        )
        return (await self.session.exec(statement)).first()

    async def find_many(self, actor_ids: Collection[str]) -> dict[str, RemoteActor]:
        """The known ones among these ids, by id."""
        found: dict[str, RemoteActor] = {}
        for chunk in in_chunks(actor_ids):
            rows = await self.session.exec(select(RemoteActor).where(col(RemoteActor.actor_id).in_(chunk)))
            found.update((actor.actor_id, actor) for actor in rows)
        return found

    async def find_inboxes(self, actor_ids: Collection[str]) -> Sequence[Inbox]:
        """Where the known, living ones among these ids receive."""
        found: list[Inbox] = []
        for chunk in in_chunks(actor_ids):
            rows = await self.session.exec(select_inboxes().where(col(RemoteActor.actor_id).in_(chunk)))
            found.extend(Inbox(*row) for row in rows)
        return found

    async def mark_gone(self, actor_id: str, now: datetime) -> bool:
        """Note that the actor deleted itself; False where it was never seen."""
        statement = update(RemoteActor).where(col(RemoteActor.actor_id) == actor_id).values(gone_at=now)
        return await count_changed(self.session, statement) > 0

    async def forget_shared_inbox(self, shared_inbox: str) -> int:
        """Deliver to each actor's own inbox from now on (until a document names a shared one again); how many."""
        statement = update(RemoteActor).where(col(RemoteActor.shared_inbox) == shared_inbox)
        return await count_changed(self.session, statement.values(shared_inbox=None))

    async def remove(self, actor_id: str) -> bool:
        """Forget the actor; False where it was never seen."""
        return await count_changed(self.session, delete(RemoteActor).where(col(RemoteActor.actor_id) == actor_id)) > 0

    async def count(self) -> int:
        """How many are known."""
        return (await self.session.exec(select(func.count()).select_from(RemoteActor))).one()

    async def count_netlocs(self) -> int:
        """From how many servers they are."""
        return (await self.session.exec(select(func.count(distinct(col(RemoteActor.netloc)))))).one()


def select_inboxes() -> Select[str, str, str | None, str]:
    """The columns of `Inbox`, of actors that are not gone; for joining with those who follow."""
    columns = select(RemoteActor.actor_id, RemoteActor.inbox, RemoteActor.shared_inbox, RemoteActor.netloc)
    return columns.where(col(RemoteActor.gone_at).is_(None))
