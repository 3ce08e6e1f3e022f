"""Rewriting what a picture's files say about rights: their pixels stay, their names change with their bytes."""

import asyncio
import hashlib

from cara_fed.protection import Rights, rewrite_rights
from cara_fed.protection.rights.describe import STEP, describe_rights
from cara_fed.services import Services
from cara_fed.translate.posts import file_name_of
from storage.attachments import Picture, Rendition


async def rewrite_picture(services: Services, picture: Picture, rights: Rights) -> Picture:
    """New files with these rights in every rendition, kept beside the old ones; the rows for them."""
    renditions = {
        kind: await _rewrite_rendition(services, rendition, rights) for kind, rendition in picture.renditions.items()
    }
    return Picture(picture.attachment, renditions)


async def rewrite_file(services: Services, name: str, rights: Rights) -> str:
    """One public file written anew; its new name."""
    data = await services.media.read("public", name)
    rewritten = await asyncio.to_thread(rewrite_rights, data, rights)
    new_name = f"{hashlib.sha256(rewritten).hexdigest()}.{name.rpartition('.')[2]}"
    await services.media.put("public", new_name, rewritten)
    return new_name


def rewrite_report(report: list[dict[str, object]], rights: Rights) -> list[dict[str, object]]:
    """The picture's report with what its files say now."""
    line = describe_rights(rights)
    now: dict[str, object] = {"step": line.step, "text": line.text, "facts": dict(line.facts)}
    return [now if one.get("step") == STEP else one for one in report]


async def _rewrite_rendition(services: Services, rendition: Rendition, rights: Rights) -> Rendition:
    name = await rewrite_file(services, file_name_of(rendition), rights)
    return Rendition(
        attachment_pk=rendition.attachment_pk,
        kind=rendition.kind,
        hash=name.partition(".")[0],
        extension=rendition.extension,
        media_type=rendition.media_type,
        width=rendition.width,
        height=rendition.height,
        byte_size=await services.media.size("public", name),
    )
