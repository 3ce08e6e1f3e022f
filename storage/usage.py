"""Usage: what artists' pictures take, and how much of them went out."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, cast, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.attachments import Attachment, Rendition
from storage.evidence import PictureFetch

SERVED = "served"


class StorageUse(NamedTuple):
    """Bytes of renditions, those of them that came lately, and how many pictures there are."""

    bytes: int = 0
    lately: int = 0
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """Queries over all artists, by pk."""

    session: AsyncSession

    async def measure_storage(self, since: datetime) -> dict[int, StorageUse]:
        """What the renditions of each artist's pictures take; nothing for none."""
        size = func.coalesce(func.sum(Rendition.byte_size), 0)
        lately = func.coalesce(func.sum(Rendition.byte_size).filter(col(Attachment.created_at) >= since), 0)
        statement = (
            select(Attachment.artist_pk, size, lately, func.count(func.distinct(Attachment.pk)))
            .join(Rendition, col(Rendition.attachment_pk) == col(Attachment.pk))
            .where(col(Attachment.artist_pk).is_not(None))
            .group_by(col(Attachment.artist_pk))
        )
        return {pk or 0: StorageUse(int(all_), int(new), n) for pk, all_, new, n in await self.session.exec(statement)}

    async def first_served(self) -> datetime | None:
        """Since when it is remembered what was served."""
        return (
            await self.session.exec(select(func.min(PictureFetch.first_at)).where(PictureFetch.answer == SERVED))
        ).one()

    async def measure_egress(self) -> dict[int, int]:
        """About how many bytes of each artist's pictures were served, as far as that is remembered."""
        statement = (
            select(Attachment.artist_pk, func.sum(cast(PictureFetch.count, BigInteger) * Rendition.byte_size))
            .join(Rendition, col(Rendition.attachment_pk) == col(Attachment.pk))
            .join(PictureFetch, col(PictureFetch.file_hash) == col(Rendition.hash))
            .where(col(Attachment.artist_pk).is_not(None), PictureFetch.answer == SERVED)
            .group_by(col(Attachment.artist_pk))
        )
        return {pk or 0: int(sent) for pk, sent in await self.session.exec(statement)}
