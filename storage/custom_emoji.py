"""Custom emoji of the house: small pictures that artists write as :shortcode:."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment, primary_key
from storage.posts import Post
from storage.statements import add_row

SEEN_POSTS = 300


class CustomEmoji(Table, table=True):
    """One emoji. `file` is the picture's name in the public store; `source` the server it was copied from, or "".

    One with `disabled_at` is offered no more; posts that hold it keep it.
    """

    __tablename__ = "custom_emoji"

    pk: int = primary_key()
    shortcode: str = Field(unique=True)
    category: str = ""
    file: str
    source: str = ""
    added_by: str
    created_at: datetime = moment()
    disabled_at: datetime | None = moment(default=None)


@dataclass(frozen=True, slots=True)
class SeenEmoji:
    """A custom emoji in somebody else's post, and whose."""

    shortcode: str
    url: str
    actor_id: str


@dataclass(frozen=True, slots=True)
class CustomEmojis:
    """Queries about custom emoji."""

    session: AsyncSession

    async def add(self, emoji: CustomEmoji) -> None:
        """Add one, whose shortcode nobody has."""
        await add_row(self.session, emoji)

    async def find(self, shortcode: str) -> CustomEmoji | None:
        """The one with that shortcode, disabled or not."""
        return (await self.session.exec(select(CustomEmoji).where(col(CustomEmoji.shortcode) == shortcode))).first()

    async def find_all(self) -> Sequence[CustomEmoji]:
        """Every one, by category and shortcode."""
        ordered = select(CustomEmoji).order_by(col(CustomEmoji.category), col(CustomEmoji.shortcode))
        return (await self.session.exec(ordered)).all()

    async def find_usable(self, shortcodes: Collection[str]) -> dict[str, str]:
        """Files by shortcode, of those of these that may be used."""
        named = select(CustomEmoji.shortcode, CustomEmoji.file).where(
            col(CustomEmoji.shortcode).in_(shortcodes), col(CustomEmoji.disabled_at).is_(None)
        )
        return dict((await self.session.exec(named)).all())

    async def find_seen(self) -> Sequence[SeenEmoji]:
        """What others' latest posts hold, newest first, each picture once."""
        others = (
            select(Post.emoji, Post.actor_id)
            .where(col(Post.artist_pk).is_(None), cast(col(Post.emoji), String) != "[]")
            .order_by(col(Post.pk).desc())
            .limit(SEEN_POSTS)
        )
        rows = (await self.session.exec(others)).all()
        seen = {one["url"]: SeenEmoji(one["shortcode"], one["url"], actor) for emoji, actor in rows for one in emoji}
        return list(seen.values())
