"""Artists: the accounts of this instance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, json_list, json_object, long_text, moment, primary_key
from storage.errors import AlreadyExists, NotFound
from storage.posts import Post
from storage.sessions import Session
from storage.statements import insert_unless_known


class Artist(Table, table=True):
    """A local account; `folded` is its name for comparison, and stays taken after deletion.

    `license` and `acquire_license_page` are addresses; `states_opt_out` puts the line "AI training" on the profile,
    `tags_no_ai` the hashtag on posts; `quote_policy` is who may quote new posts unless one says otherwise;
    `language` is the tag of the one that they read this site in, None for what their browser asks for; `emoji` are the
    house's in what they say of themselves, as {"shortcode", "file"};
    `commissions` is open, waitlist, closed, or empty where nothing is said of them.
    """

    __tablename__ = "artists"

    pk: int = primary_key()
    name: str
    folded: str = Field(unique=True)
    display_name: str = ""
    summary: str = long_text()
    fields: list[Any] = json_list()
    emoji: list[Any] = json_list()
    password_hash: str | None = Field(default=None, repr=False)
    role: str = "artist"
    opt_out: str | None = None
    manually_approves: bool = False
    discoverable: bool = True
    indexable: bool = True
    avatar_hash: str | None = None
    header_hash: str | None = None
    avatar_alt: str = long_text()
    header_alt: str = long_text()
    attribution_domains: list[str] = json_list()
    commissions: str = ""
    price_sheet: str = long_text()
    featured_tags: list[str] = json_list()
    also_known_as: list[str] = json_list()
    moved_to: str | None = None
    license: str | None = None
    acquire_license_page: str | None = None
    states_opt_out: bool = True
    tags_no_ai: bool = False
    marks: dict[str, Any] = json_object()
    quote_policy: str | None = None
    cloak: str | None = None
    language: str | None = None
    created_at: datetime = moment()
    updated_at: datetime = moment()
    deleted_at: datetime | None = moment(default=None)
    suspended_at: datetime | None = moment(default=None)
    suspension_reason: str = long_text()


@dataclass(frozen=True, slots=True)
class Artists:
    """Queries about artists; deleted ones are found only where the name of the method says so."""

    session: AsyncSession

    async def add(self, artist: Artist) -> None:
        """Insert an artist; raises AlreadyExists where the name is or was somebody's."""
        if not await insert_unless_known(self.session, artist):
            raise AlreadyExists("artist", artist.name)

    async def find(self, name: str) -> Artist | None:
        """The artist of that name, compared without case."""
        return await self._one(col(Artist.folded) == name.casefold(), col(Artist.deleted_at).is_(None))

    async def get(self, name: str) -> Artist:
        """Like `find`, or raises NotFound."""
        if (artist := await self.find(name)) is None:
            raise NotFound("artist", name)
        return artist

    async def find_even_deleted(self, name: str) -> Artist | None:
        """The artist of that name, gone or not: what is gone answers 410, what never was 404."""
        return await self._one(col(Artist.folded) == name.casefold())

    async def find_by_pk(self, pk: int) -> Artist | None:
        """The artist with that key; asked again within one transaction, it is at hand."""
        artist = await self.session.get(Artist, pk)
        return None if artist is None or artist.deleted_at is not None else artist

    async def get_by_pk(self, pk: int) -> Artist:
        """Like `find_by_pk`, or raises NotFound."""
        if (artist := await self.find_by_pk(pk)) is None:
            raise NotFound("artist", pk)
        return artist

    async def find_by_session(self, token_hash: str, now: datetime) -> tuple[Artist, Session] | None:
        """Who is signed in with a session that has not expired, and the session: one query, for every page asks."""
        statement = (
            select(Artist, Session)
            .join(Session, col(Session.artist_pk) == col(Artist.pk))
            .where(Session.token_hash == token_hash, col(Session.expires_at) > now, col(Artist.deleted_at).is_(None))
        )
        return (await self.session.exec(statement)).first()

    async def find_all(self) -> Sequence[Artist]:
        """Every artist, by name."""
        statement = select(Artist).where(col(Artist.deleted_at).is_(None)).order_by(col(Artist.folded))
        return (await self.session.exec(statement)).all()

    async def find_by_pks(self, pks: Sequence[int]) -> dict[int, Artist]:
        """The artists with those keys, by key."""
        statement = select(Artist).where(col(Artist.pk).in_(pks))
        return {artist.pk: artist for artist in await self.session.exec(statement)}

    async def find_suspended(self) -> frozenset[str]:
        """The folded names of those who are suspended: for the map that a process keeps in memory."""
        return frozenset(await self.session.exec(select(Artist.folded).where(col(Artist.suspended_at).is_not(None))))

    async def count_admins(self) -> int:
        """How many can administer the instance."""
        statement = select(func.count()).select_from(Artist).where(Artist.role == "admin")
        can = col(Artist.deleted_at).is_(None), col(Artist.suspended_at).is_(None)
        return (await self.session.exec(statement.where(*can))).one()

    async def has_admin(self) -> bool:
        """Whether anybody can administer the instance yet."""
        return await self._one(col(Artist.role) == "admin", col(Artist.deleted_at).is_(None)) is not None

    async def count(self) -> int:
        """How many artists there are."""
        statement = select(func.count()).select_from(Artist).where(col(Artist.deleted_at).is_(None))
        return (await self.session.exec(statement)).one()

    async def count_active(self, since: datetime) -> int:
        """How many signed in or published since then: NodeInfo's active users."""
        seen = select(Session.artist_pk).where(col(Session.seen_at) >= since)
        published = select(Post.artist_pk).where(col(Post.artist_pk).is_not(None), col(Post.published_at) >= since)
        statement = (
            select(func.count())
            .select_from(Artist)
            .where(col(Artist.deleted_at).is_(None), or_(col(Artist.pk).in_(seen), col(Artist.pk).in_(published)))
        )
        return (await self.session.exec(statement)).one()

    async def _one(self, *conditions: Any) -> Artist | None:
        return (await self.session.exec(select(Artist).where(*conditions).limit(1))).first()
