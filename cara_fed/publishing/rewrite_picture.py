"""Rewriting what a picture's files say about rights: their pixels stay, their names change with their bytes."""

import asyncio
import hashlib
from dataclasses import dataclass

from cara_fed.protection import Rights, rewrite_rights
from cara_fed.protection.rights.describe import describe_rights
from cara_fed.protection.values import ReportLine
from cara_fed.publishing.rights import Terms
from cara_fed.publishing.sign_picture import describe_manifest, sign_file
from cara_fed.services import Services
from cara_fed.translate.artists import MEDIA_TYPES
from cara_fed.translate.posts import file_name_of
from storage.attachments import Picture, Rendition


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file written anew: its name, its size, and how much of that is its signed manifest, in bytes."""

    name: str
    size: int
    manifest_size: int


@dataclass(frozen=True, slots=True)
class Restated:
    """A picture with its new files, kept beside the old ones, and its report with what they say now."""

    renditions: dict[str, Rendition]
    report: list[dict[str, object]]


async def rewrite_picture(services: Services, picture: Picture, rights: Rights, terms: Terms) -> Restated:
    """Write these rights into every rendition of a picture."""
    renditions, manifest_size = {}, 0
    for kind, rendition in picture.renditions.items():
        file = await rewrite_file(services, file_name_of(rendition), rights, terms)
        renditions[kind] = _build_row(rendition, file)
        manifest_size = max(manifest_size, file.manifest_size)
    lines = (describe_rights(rights), describe_manifest(manifest_size))
    return Restated(renditions, _rewrite_report(picture.attachment.report, lines))


async def rewrite_file(services: Services, name: str, rights: Rights, terms: Terms) -> Rewritten:
    """Write one public file anew, under its new name."""
    extension = name.rpartition(".")[2]
    data = await services.media.read("public", name)
    rewritten = await asyncio.to_thread(rewrite_rights, data, rights)
    signed = await sign_file(services, rewritten, MEDIA_TYPES.get(extension, ""), terms)
    new_name = f"{hashlib.sha256(signed).hexdigest()}.{extension}"
    await services.media.put("public", new_name, signed)
    return Rewritten(new_name, len(signed), len(signed) - len(rewritten))


def _build_row(rendition: Rendition, file: Rewritten) -> Rendition:
    return Rendition(
        attachment_pk=rendition.attachment_pk,
        kind=rendition.kind,
        hash=file.name.partition(".")[0],
        extension=rendition.extension,
        media_type=rendition.media_type,
        width=rendition.width,
        height=rendition.height,
        byte_size=file.size,
    )


def _rewrite_report(report: list[dict[str, object]], lines: tuple[ReportLine, ...]) -> list[dict[str, object]]:
    """The report with these lines in place of those of the same steps."""
    now: dict[object, dict[str, object]] = {
        line.step: {"step": line.step, "text": line.text, "facts": dict(line.facts)} for line in lines
    }
    return [now.get(one.get("step"), one) for one in report]
