"""Remembering what other servers' pictures look like, once our pages have shown them."""

import logging

from cara_fed.protection.errors import PictureRefused
from cara_fed.remote_media.proxy import open_cache
from cara_fed.services import Services, picture_limits
from storage.likenesses import Likeness

log = logging.getLogger(__name__)


async def remember_once(services: Services) -> bool:
    """Remember one of the pictures that the proxy fetched; whether there was one."""
    if not services.unremembered:
        return False
    url = services.unremembered.popleft()
    kept = await open_cache(services).read(url)
    if kept is not None:
        await remember_remote(services, url, kept[1:])
    return True


async def remember_remote(services: Services, url: str, content: bytes) -> bool:
    """Write down the look of the pictures at an address; False where there is nothing new to be remembered."""
    async with services.database.reading() as records:
        pictures = [picture.attachment.pk for picture in await records.attachments.find_by_remote_url(url)]
        new = [pk for pk in pictures if await records.likenesses.find(pk) is None]
    if not new:
        return False
    try:
        look = await services.pictures.look_at(content, picture_limits(services.config))
    except PictureRefused as refusal:
        log.info("the look of a remote picture is not known: %s", refusal)
        return False
    if not look.whole:
        return False
    async with services.database.unit_of_work() as records:
        for attachment_pk in new:
            if await records.attachments.find([attachment_pk]):
                row = Likeness(
                    pk=services.clock.new_pk(), attachment_pk=attachment_pk, whole=look.whole, windows=look.windows
                )
                await records.likenesses.add(row)
    return True
