"""Searches: public posts and artists of this instance by words that stand in them, as far as they want to be found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.artists import Artist
from storage.attachments import Attachment
from storage.posts import PUBLIC, Post


@dataclass(frozen=True, slots=True)
class Shunned:
    """The opt-out that shuns searches; ``default`` is what artists say who say nothing."""

    opt_out: str
    default: str


@dataclass(frozen=True, slots=True)
class Searches:
    """Queries by words, all of which must be found. In every script both databases find them in any usual case."""

    session: AsyncSession

    async def find_artists(self, words: Sequence[str], shunned: Shunned, *, limit: int = 20) -> Sequence[Artist]:
        """Discoverable artists by their names, in the order of these."""
        chosen = select(Artist).where(col(Artist.discoverable), *_living_artists(shunned))
        for word in words:
            chosen = chosen.where(or_(_has(col(Artist.name), word), _has(col(Artist.display_name), word)))
        return (await self.session.exec(chosen.order_by(col(Artist.folded)).limit(limit))).all()

    async def find_posts(
        self, words: Sequence[str], shunned: Shunned, *, before: int | None = None, limit: int = 20
    ) -> Sequence[Post]:
        """Public posts of indexable artists by their texts and the descriptions of their pictures, newest first."""
        authors = select(Artist.pk).where(col(Artist.indexable), *_living_artists(shunned))
        chosen = select(Post).where(
            col(Post.artist_pk).in_(authors),
            col(Post.visibility) == PUBLIC,
            col(Post.deleted_at).is_(None),
            func.coalesce(Post.opt_out, shunned.default) != shunned.opt_out,
        )
        for word in words:
            described = select(Attachment.pk).where(Attachment.post_pk == col(Post.pk), _has(col(Attachment.alt), word))
            chosen = chosen.where(or_(_has(col(Post.text), word), described.exists()))
        if before is not None:
            chosen = chosen.where(col(Post.pk) < before)
        return (await self.session.exec(chosen.order_by(col(Post.pk).desc()).limit(limit))).all()


def _living_artists(shunned: Shunned) -> tuple[Any, ...]:
    speaks = func.coalesce(Artist.opt_out, shunned.default) != shunned.opt_out
    return col(Artist.deleted_at).is_(None), col(Artist.suspended_at).is_(None), speaks


def _has(column: Any, word: str) -> ColumnElement[bool]:
    # SQLite folds the case of ASCII alone, PostgreSQL by its locale: so other scripts' usual cases are asked for.
    cases = {word} if word.isascii() else {word, word.lower(), word.upper(), word.title(), word.capitalize()}
    return or_(*(column.icontains(case, autoescape=True) for case in sorted(cases)))
