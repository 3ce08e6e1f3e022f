"""Attachments: pictures of posts, and the renditions made of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.artists import Artist
from storage.columns import Table, json_list, long_text, moment, primary_key, reference
from storage.likenesses import Likeness, Likenesses
from storage.making import MakingFile
from storage.statements import add_row, count_changed, in_chunks
from storage.uploads import Upload


class Attachment(Table, table=True):
    """A picture: uploaded by an artist (with an original and renditions), or known by a remote url.

    `mark` is the number that stands invisibly in its renditions' pixels.
    """

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_post_pk_position", "post_pk", "position"),)

    pk: int = primary_key()
    artist_pk: int | None = reference("artists.pk", index=True, default=None)
    post_pk: int | None = reference("posts.pk", default=None)
    position: int = 0
    alt: str = long_text()
    focal_x: float = 0.0
    focal_y: float = 0.0
    blurhash: str | None = None
    dominant_color: str | None = None
    media_type: str
    width: int | None = None
    height: int | None = None
    original_hash: str | None = Field(default=None, index=True)
    original_name: str | None = None
    remote_url: str | None = Field(default=None, index=True)
    sensitive: bool = False
    opt_out: str | None = None
    mark: int | None = Field(default=None, index=True)
    report: list[Any] = json_list()
    created_at: datetime = moment()


class Rendition(Table, table=True):
    """One file made of a picture: kind federated, web, web_small, thumbnail or moving."""

    __tablename__ = "renditions"

    attachment_pk: int = reference("attachments.pk", primary=True)
    kind: str = Field(primary_key=True)
    hash: str = Field(index=True)
    extension: str
    media_type: str
    width: int
    height: int
    byte_size: int


@dataclass(frozen=True, slots=True)
class Picture:
    """An attachment together with its renditions, by kind; a new one with its look, where it has any."""

    attachment: Attachment
    renditions: dict[str, Rendition]
    likeness: Likeness | None = None


@dataclass(frozen=True, slots=True)
class Attachments:
    """Queries about attachments; however many, their renditions come with one query more."""

    session: AsyncSession

    async def add(self, attachment: Attachment, renditions: Sequence[Rendition] = ()) -> None:
        """Insert a picture and what was made of it."""
        await add_row(self.session, attachment)
        self.session.add_all(renditions)
        await self.session.flush()

    async def add_picture(self, picture: Picture) -> None:
        """Insert a new picture with all that belongs to it."""
        await self.add(picture.attachment, tuple(picture.renditions.values()))
        if picture.likeness is not None:
            await Likenesses(self.session).add(picture.likeness)

    async def find_by_marks(self, numbers: Collection[int]) -> Sequence[Picture]:
        """The pictures that bear one of these marks."""
        return await self._find(col(Attachment.mark).in_(numbers))

    async def find_taken_marks(self, numbers: Collection[int]) -> set[int]:
        """Those of these marks that a picture bears."""
        taken: set[int] = set()
        for chunk in in_chunks(numbers):
            found = await self.session.exec(select(Attachment.mark).where(col(Attachment.mark).in_(chunk)))
            taken.update(number for number in found if number is not None)
        return taken

    async def find_by_remote_url(self, url: str) -> Sequence[Picture]:
        """Other people's pictures at that address."""
        return await self._find(col(Attachment.remote_url) == url)

    async def replace_renditions(self, attachment_pk: int, renditions: Sequence[Rendition]) -> None:
        """Give a picture these renditions and no others."""
        old = delete(Rendition).where(col(Rendition.attachment_pk) == attachment_pk)
        await count_changed(self.session, old)
        self.session.add_all(renditions)
        await self.session.flush()

    async def attach(self, post_pk: int, attachment_pks: Sequence[int]) -> None:
        """Make these pictures a post's, in this order."""
        for position, pk in enumerate(attachment_pks):
            values = {"post_pk": post_pk, "position": position}
            await count_changed(self.session, update(Attachment).where(col(Attachment.pk) == pk).values(values))

    async def find(self, pks: Collection[int]) -> dict[int, Picture]:
        """The pictures with these keys, by key."""
        return {picture.attachment.pk: picture for picture in await self._find(col(Attachment.pk).in_(pks))}

    async def find_for_posts(self, post_pks: Collection[int]) -> dict[int, tuple[Picture, ...]]:
        """The pictures of posts in their order, by the post's pk; an empty tuple for a post without."""
        found: dict[int, list[Picture]] = {pk: [] for pk in post_pks}
        for chunk in in_chunks(post_pks):
            for picture in await self._find(col(Attachment.post_pk).in_(chunk)):
                found[picture.attachment.post_pk or 0].append(picture)
        return {pk: tuple(pictures) for pk, pictures in found.items()}

    async def find_by_rendition(self, file_hash: str) -> Sequence[Picture]:
        """Every picture with a rendition of this hash: one, unless the same file was uploaded again."""
        pks = select(Rendition.attachment_pk).where(Rendition.hash == file_hash)
        return await self._find(col(Attachment.pk).in_(pks))

    async def find_alt(self, artist_pk: int, original_hash: str) -> str:
        """What an artist last wrote about the same picture; empty where nothing was."""
        said = select(Attachment.alt).where(
            Attachment.artist_pk == artist_pk, Attachment.original_hash == original_hash, Attachment.alt != ""
        )
        return (await self.session.exec(said.order_by(col(Attachment.pk).desc()).limit(1))).first() or ""

    async def find_abandoned(self, before: datetime, limit: int = 100) -> Sequence[Picture]:
        """Pictures from before then that never became part of a post, and wait in no draft."""
        waiting = select(Upload.pk).where(col(Upload.attachment_pk) == col(Attachment.pk))
        unused = select(Attachment.pk).where(
            col(Attachment.post_pk).is_(None),
            col(Attachment.artist_pk).is_not(None),
            col(Attachment.created_at) < before,
            ~waiting.exists(),
            ~select(MakingFile.pk).where(col(MakingFile.attachment_pk) == col(Attachment.pk)).exists(),
        )
        return await self._find(col(Attachment.pk).in_(unused.limit(limit)))

    async def remove(self, pks: Collection[int]) -> None:
        """Delete pictures and the rows of their renditions (their files: see `find_used_hashes`)."""
        await count_changed(self.session, delete(Attachment).where(col(Attachment.pk).in_(pks)))

    async def find_used_hashes(self, hashes: Collection[str]) -> set[str]:
        """Those of these hashes that a picture or rendition still names: their files must stay."""
        used: set[str] = set()
        for chunk in in_chunks(hashes):
            used.update(await self.session.exec(select(Rendition.hash).where(col(Rendition.hash).in_(chunk))))
            originals = select(Attachment.original_hash).where(col(Attachment.original_hash).in_(chunk))
            used.update(name for name in await self.session.exec(originals) if name)
            waiting = select(Upload.original_hash).where(col(Upload.original_hash).in_(chunk))
            used.update(await self.session.exec(waiting))
            beside = select(MakingFile.hash).where(col(MakingFile.hash).in_(chunk))
            used.update(await self.session.exec(beside))
        return used | (await self._profile_hashes()).intersection(hashes)

    async def _profile_hashes(self) -> set[str]:
        """The hashes of avatars and headers, of which artists' rows keep the files' names."""
        rows = await self.session.exec(select(Artist.avatar_hash, Artist.header_hash))
        return {name.partition(".")[0] for names in rows for name in names if name}

    async def _find(self, condition: Any) -> Sequence[Picture]:
        statement = select(Attachment).where(condition).order_by(col(Attachment.position), col(Attachment.pk))
        attachments = (await self.session.exec(statement)).all()
        renditions = await self._renditions([attachment.pk for attachment in attachments])
        return [Picture(attachment, renditions[attachment.pk]) for attachment in attachments]

    async def _renditions(self, attachment_pks: Sequence[int]) -> defaultdict[int, dict[str, Rendition]]:
        found: defaultdict[int, dict[str, Rendition]] = defaultdict(dict)
        for chunk in in_chunks(attachment_pks):
            for row in await self.session.exec(select(Rendition).where(col(Rendition.attachment_pk).in_(chunk))):
                found[row.attachment_pk][row.kind] = row
        return found
