"""Subscriptions: how far the reading of other people's blocklists got."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment
from storage.statements import count_changed, insert_or_replace


class Subscription(Table, table=True):
    """A subscribed list and its state; which lists there are stands in instance.toml."""

    __tablename__ = "subscriptions"

    url: str = Field(primary_key=True)
    format: str
    action: str
    etag: str | None = None
    last_modified: str | None = None
    cursor: str | None = None
    fetched_at: datetime | None = moment(default=None)
    succeeded_at: datetime | None = moment(default=None)
    error: str | None = long_text(default=None)
    entry_count: int = 0


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Queries about subscriptions."""

    session: AsyncSession

    async def find(self, url: str) -> Subscription | None:
        """The state of the list at that url."""
        statement = select(Subscription).where(Subscription.url == url)
        return (await self.session.exec(statement, execution_options={"populate_existing": True})).first()

    async def find_all(self) -> Sequence[Subscription]:
        """Every subscription, by url."""
        return (await self.session.exec(select(Subscription).order_by(col(Subscription.url)))).all()

    async def record(self, subscription: Subscription) -> None:
        """Keep the state of a list."""
        await insert_or_replace(self.session, subscription, key=["url"])

    async def remove(self, url: str) -> bool:
        """Forget a list; False where it was not known."""
        return await count_changed(self.session, delete(Subscription).where(col(Subscription.url) == url)) == 1
