"""Overviews: what those who run the place see at a glance, without a query for each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.deliveries import FAILED, QUEUED, Delivery
from storage.hosts import Host
from storage.posts import HOME_VISIBILITIES, Post
from storage.sessions import Session
from storage.statements import count_changed
from storage.tokens import Token


@dataclass(frozen=True, slots=True)
class HostTrouble:
    """A server to which something is late or was given up; counts of deliveries."""

    netloc: str
    queued: int
    failed: int
    last_error: str
    failing_since: datetime | None
    open_until: datetime | None


@dataclass(frozen=True, slots=True)
class Overviews:
    """Queries over all artists or all servers."""

    session: AsyncSession

    async def last_seen(self) -> dict[int, datetime]:
        """When each artist was last seen in a browser where they are still signed in, by pk."""
        statement = select(Session.artist_pk, func.max(Session.seen_at)).group_by(col(Session.artist_pk))
        return dict((await self.session.exec(statement)).all())

    async def count_posts(self) -> dict[int, int]:
        """How many living posts each artist has, of every visibility but direct, by pk; nothing for none."""
        statement = (
            select(Post.artist_pk, func.count())
            .where(
                col(Post.artist_pk).is_not(None),
                col(Post.deleted_at).is_(None),
                col(Post.visibility).in_(HOME_VISIBILITIES),
            )
            .group_by(col(Post.artist_pk))
        )
        return {pk or 0: n for pk, n in await self.session.exec(statement)}

    async def find_open_tokens(self, purpose: str, now: datetime) -> Sequence[Token]:
        """Links of a purpose that could still be used, the newest first."""
        is_open = col(Token.used_at).is_(None), col(Token.expires_at) > now
        statement = select(Token).where(Token.purpose == purpose, *is_open).order_by(col(Token.created_at).desc())
        return (await self.session.exec(statement)).all()

    async def withdraw_token(self, token_hash: str, purpose: str) -> bool:
        """Make a link of that purpose useless; False where there is none."""
        statement = delete(Token).where(col(Token.token_hash) == token_hash, col(Token.purpose) == purpose)
        return await count_changed(self.session, statement) == 1

    async def oldest_due(self, now: datetime) -> datetime | None:
        """Since when the delivery that has been due longest has been due."""
        statement = select(func.min(Delivery.due_at)).where(Delivery.state == QUEUED, col(Delivery.due_at) <= now)
        return (await self.session.exec(statement)).one()

    async def find_trouble(self, limit: int = 100) -> Sequence[HostTrouble]:
        """Servers that do not take what is sent to them, those with the most waiting first."""
        errors, failing = await self._last_errors(), await self._failing()
        queued, failed = (func.count().filter(col(Delivery.state) == state) for state in (QUEUED, FAILED))
        statement = (
            select(Delivery.inbox_host, queued, failed)
            .where(
                col(Delivery.state).in_((QUEUED, FAILED)),
                or_(col(Delivery.inbox_host).in_(errors), col(Delivery.inbox_host).in_(failing)),
            )
            .group_by(col(Delivery.inbox_host))
            .order_by(queued.desc(), failed.desc(), col(Delivery.inbox_host))
            .limit(limit)
        )
        return [
            HostTrouble(netloc, waiting, given_up, errors.get(netloc, ""), *failing.get(netloc, (None, None)))
            for netloc, waiting, given_up in await self.session.exec(statement)
        ]

    async def _failing(self) -> dict[str, tuple[datetime | None, datetime | None]]:
        statement = select(Host.netloc, Host.failing_since, Host.open_until)
        rows = await self.session.exec(statement.where(col(Host.failing_since).is_not(None)))
        return {netloc: (since, until) for netloc, since, until in rows}

    async def _last_errors(self) -> dict[str, str]:
        has_error = col(Delivery.last_error).is_not(None), col(Delivery.state).in_((QUEUED, FAILED))
        newest = select(func.max(Delivery.pk)).where(*has_error).group_by(col(Delivery.inbox_host))
        statement = select(Delivery.inbox_host, Delivery.last_error).where(col(Delivery.pk).in_(newest))
        return {netloc: error or "" for netloc, error in await self.session.exec(statement)}
