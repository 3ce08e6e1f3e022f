"""Posts: those of this instance's artists and those received, with their hashtags."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import Index, func, or_
from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from storage.columns import Table, json_list, long_text, moment, primary_key, reference
from storage.credits import Credit
from storage.errors import AlreadyExists, NotFound
from storage.follows import ACCEPTED, Following
from storage.polls import Poll, PollVote
from storage.post_versions import PostVersion
from storage.statements import count_changed, in_chunks, insert_into, insert_unless_known

PUBLIC = "public"
# What a follower's home timeline shows; direct posts have a place of their own.
HOME_VISIBILITIES = (PUBLIC, "unlisted", "followers")

# A pk is a moment in milliseconds, and 16 bits more.
PKS_OF_A_DAY = 86_400_000 << 16
DAYS_LATELY = (2, 60)


# The table of artists knows posts already, so that its class cannot be imported here.
_ARTISTS = sqlalchemy.table("artists", sqlalchemy.column("pk"), sqlalchemy.column("suspended_at"))


class Post(Table, table=True):
    """A post, local where `artist_pk` is there; with `deleted_at` it is a tombstone without content.

    `quote_policy` is who may quote a local one. One that quotes another names it in `quote_id`, with what became of
    asking its author (see storage.quotes). `emoji` are the custom ones in its text, as {"shortcode", "url"}, ours as
    {"shortcode", "file"}; `credits` those who made it too and agree to be named, as {"handle", "actor_id", "url",
    "role"} (see storage.credits).
    """

    __tablename__ = "posts"
    __table_args__ = (
        Index("ix_posts_actor_id_pk", "actor_id", "pk"),
        Index("ix_posts_artist_pk_pk", "artist_pk", "pk"),
    )

    pk: int = primary_key()
    object_id: str = Field(unique=True)
    actor_id: str
    artist_pk: int | None = reference("artists.pk", default=None)
    url: str = ""
    text: str = long_text()
    content: str = long_text()
    content_warning: str = long_text()
    sensitive: bool = False
    visibility: str
    language: str | None = None
    opt_out: str | None = None
    license: str | None = None
    digital_source_type: str | None = None
    in_reply_to: str | None = Field(default=None, index=True)
    quote_policy: str | None = None
    quote_id: str | None = Field(default=None, index=True)
    quote_state: str | None = None
    quote_request_id: str | None = Field(default=None, index=True)
    quote_authorization: str | None = Field(default=None, index=True)
    published_at: datetime = moment()
    updated_at: datetime | None = moment(default=None)
    deleted_at: datetime | None = moment(default=None)
    mentions: list[Any] = json_list()
    credits: list[Any] = json_list()
    hashtags: list[str] = json_list()
    emoji: list[Any] = json_list()
    document: str | None = long_text(default=None, repr=False)


class PostTag(Table, table=True):
    """That a post bears a hashtag, by the tag's folded name."""

    __tablename__ = "post_tags"

    tag: str = Field(primary_key=True)
    post_pk: int = reference("posts.pk", primary=True, index=True)


@dataclass(frozen=True, slots=True)
class Posts:
    """Queries about posts; pages go from the newest pk down, `before` being the last pk of the page above."""

    session: AsyncSession

    async def add(self, post: Post) -> None:
        """Insert a post and its hashtags; raises AlreadyExists where its object_id is known."""
        if not await insert_unless_known(self.session, post):
            raise AlreadyExists("post", post.object_id)
        await self._add_tags(post.pk, post.hashtags)

    async def find(self, object_id: str) -> Post | None:
        """The post with that id, tombstones included."""
        return (await self.session.exec(select(Post).where(Post.object_id == object_id))).first()

    async def get(self, object_id: str) -> Post:
        """Like `find`, or raises NotFound."""
        if (post := await self.find(object_id)) is None:
            raise NotFound("post", object_id)
        return post

    async def find_by_pk(self, pk: int) -> Post | None:
        """The post with that key, tombstones included."""
        return await self.session.get(Post, pk)

    async def find_by_pks(self, pks: Collection[int]) -> dict[int, Post]:
        """The living ones among these, by key."""
        found: dict[int, Post] = {}
        for chunk in in_chunks(pks):
            found.update((post.pk, post) for post in await self.session.exec(_living().where(col(Post.pk).in_(chunk))))
        return found

    async def find_many(self, object_ids: Collection[str]) -> dict[str, Post]:
        """The known ones among these ids, by id, tombstones included."""
        found: dict[str, Post] = {}
        for chunk in in_chunks(object_ids):
            rows = await self.session.exec(select(Post).where(col(Post.object_id).in_(chunk)))
            found.update((post.object_id, post) for post in rows)
        return found

    async def replace_hashtags(self, post: Post, hashtags: Sequence[str]) -> None:
        """Give an edited post these hashtags and no others."""
        post.hashtags = list(hashtags)
        await self._remove_tags(post.pk)
        await self._add_tags(post.pk, hashtags)

    async def tombstone(self, object_id: str, now: datetime) -> bool:
        """Delete what a post says and keep that it was; False where it is unknown or was deleted before."""
        if (post := await self.find(object_id)) is None or post.deleted_at is not None:
            return False
        await self._remove_tags(post.pk)
        await count_changed(self.session, delete(PollVote).where(col(PollVote.post_pk) == post.pk))
        await count_changed(self.session, delete(PostVersion).where(col(PostVersion.post_pk) == post.pk))
        await count_changed(self.session, delete(Poll).where(col(Poll.post_pk) == post.pk))
        await count_changed(self.session, delete(Credit).where(col(Credit.post_pk) == post.pk))
        post.deleted_at = now
        post.text = post.content = post.content_warning = ""
        post.document, post.mentions, post.hashtags, post.emoji, post.credits = None, [], [], [], []
        post.quote_id = post.quote_state = post.quote_request_id = post.quote_authorization = None
        return True

    async def find_by_actor(
        self, actor_id: str, visibilities: Collection[str], *, before: int | None = None, limit: int = 20
    ) -> Sequence[Post]:
        """What an actor published with one of these visibilities, newest first."""
        chosen = _living().where(col(Post.actor_id) == actor_id, col(Post.visibility).in_(visibilities))
        return await self._page(chosen, before, limit)

    async def find_own(
        self, artist_pk: int, visibilities: Collection[str], *, before: int | None = None, limit: int = 20
    ) -> Sequence[Post]:
        """What an artist published with one of these visibilities that answers nobody, newest first."""
        chosen = _living().where(col(Post.artist_pk) == artist_pk, col(Post.visibility).in_(visibilities))
        return await self._page(chosen.where(col(Post.in_reply_to).is_(None)), before, limit)

    async def find_by_tag(self, tag: str, *, before: int | None = None, limit: int = 20) -> Sequence[Post]:
        """Public posts of this instance's artists with a hashtag, compared without case, newest first."""
        tagged = select(PostTag.post_pk).where(PostTag.tag == fold_tag(tag))
        chosen = _living().where(col(Post.pk).in_(tagged), col(Post.visibility) == PUBLIC)
        return await self._page(chosen.where(*by_shown_artists()), before, limit)

    async def find_local(self, *, before: int | None = None, limit: int = 20) -> Sequence[Post]:
        """Public posts of this instance's artists, newest first."""
        chosen = _living().where(*by_shown_artists(), col(Post.visibility) == PUBLIC)
        return await self._page(chosen, before, limit)

    async def find_home(self, artist_pk: int, *, before: int | None = None, limit: int = 20) -> Sequence[Post]:
        """An artist's home timeline: their own posts and those of whom they follow, newest first."""
        followed = select(Following.actor_id).where(Following.artist_pk == artist_pk, Following.state == ACCEPTED)
        chosen = _living().where(
            or_(col(Post.actor_id).in_(followed), col(Post.artist_pk) == artist_pk),
            col(Post.visibility).in_(HOME_VISIBILITIES),
        )
        return await self._page_from_lately(chosen, before, limit)

    async def find_replies(
        self, object_id: str, visibilities: Collection[str], *, before: int | None = None, limit: int = 20
    ) -> Sequence[Post]:
        """Known answers to a post with one of these visibilities, newest first."""
        chosen = _living().where(col(Post.in_reply_to) == object_id, col(Post.visibility).in_(visibilities))
        return await self._page(chosen, before, limit)

    async def find_answers(
        self, object_ids: Collection[str], visibilities: Collection[str], *, limit: int
    ) -> Sequence[Post]:
        """Known answers to any of these posts with one of these visibilities, oldest first."""
        chosen = _living().where(col(Post.in_reply_to).in_(object_ids), col(Post.visibility).in_(visibilities))
        return (await self.session.exec(chosen.order_by(col(Post.pk)).limit(limit))).all()

    async def count_by_actor(self, actor_id: str, visibilities: Collection[str]) -> int:
        """How many living posts an actor has with one of these visibilities."""
        return await self._count(col(Post.actor_id) == actor_id, col(Post.visibility).in_(visibilities))

    async def count_local(self) -> int:
        """How many living posts this instance's artists have, of every visibility but direct."""
        return await self._count(col(Post.artist_pk).is_not(None), col(Post.visibility).in_(HOME_VISIBILITIES))

    async def count_replies(self, object_ids: Collection[str], visibilities: Collection[str]) -> dict[str, int]:
        """How many living answers with one of these visibilities are known, by object_id; nothing for none."""
        counts: dict[str, int] = {}
        for chunk in in_chunks(object_ids):
            statement = (
                select(Post.in_reply_to, func.count())
                .where(col(Post.in_reply_to).in_(chunk), col(Post.visibility).in_(visibilities))
                .where(col(Post.deleted_at).is_(None))
                .group_by(col(Post.in_reply_to))
            )
            counts.update((parent, n) for parent, n in await self.session.exec(statement) if parent is not None)
        return counts

    async def _page(self, chosen: SelectOfScalar[Post], before: int | None, limit: int) -> Sequence[Post]:
        if before is not None:
            chosen = chosen.where(col(Post.pk) < before)
        return (await self.session.exec(chosen.order_by(col(Post.pk).desc()).limit(limit))).all()

    async def _page_from_lately(self, chosen: SelectOfScalar[Post], before: int | None, limit: int) -> Sequence[Post]:
        """A page out of what many published: sought in the last days first, else all of theirs would be sorted."""
        newest = before or (await self.session.exec(select(func.max(Post.pk)))).one() or 0
        for days in DAYS_LATELY:
            page = await self._page(chosen.where(col(Post.pk) > newest - days * PKS_OF_A_DAY), before, limit)
            if len(page) == limit:
                return page
        return await self._page(chosen, before, limit)

    async def _count(self, *conditions: Any) -> int:
        statement = select(func.count()).select_from(Post).where(col(Post.deleted_at).is_(None), *conditions)
        return (await self.session.exec(statement)).one()

    async def _add_tags(self, post_pk: int, hashtags: Iterable[str]) -> None:
        rows = [{"tag": tag, "post_pk": post_pk} for tag in sorted({fold_tag(tag) for tag in hashtags})]
        if rows:
            await self.session.exec(insert_into(self.session, PostTag).values(rows))

    async def _remove_tags(self, post_pk: int) -> None:
        await count_changed(self.session, delete(PostTag).where(col(PostTag.post_pk) == post_pk))


def fold_tag(tag: str) -> str:
    """The form in which hashtags are kept: as the protocol floor folds them for their pages' addresses."""
    return unicodedata.normalize("NFKC", tag).casefold()


def by_shown_artists() -> tuple[Any, ...]:
    """Conditions of being by an artist of this instance who is not suspended."""
    suspended = sqlalchemy.select(_ARTISTS.c.pk).where(_ARTISTS.c.suspended_at.is_not(None))
    return col(Post.artist_pk).is_not(None), col(Post.artist_pk).not_in(suspended)


def _living() -> SelectOfScalar[Post]:
    return select(Post).where(col(Post.deleted_at).is_(None))
