"""Storing a picture: protected in a process of its own, then kept by its hash, before any row names it."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cara_fed.clock import Clock
from cara_fed.errors import InvalidInput
from cara_fed.protection import values
from cara_fed.protection.cloak.levels import Cloak
from cara_fed.protection.errors import PictureRefused
from cara_fed.protection.values import ProtectedPicture, ProtectionRequest, RenditionKind, ReportLine
from cara_fed.publishing.drafts import NO_CHOICE, MarkChoice, PictureDraft, UploadedPicture
from cara_fed.publishing.marks import mark_request
from cara_fed.publishing.rights import Terms, rights_under
from cara_fed.publishing.sign_picture import sign_picture
from cara_fed.publishing.take_upload import take_upload
from cara_fed.publishing.work_by_command import work_by_command
from cara_fed.services import Services, picture_limits
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.attachments import Attachment, Picture, Rendition
from storage.likenesses import Likeness
from storage.media import MediaStore

Progress = Callable[[int, ReportLine], None]
"""Hears of each step that was done with a picture, by the picture's number from 1."""


class PictureUnusable(InvalidInput):
    """One picture of a post cannot be used; ``number`` says which, from 1."""

    def __init__(self, number: int, name: str, reason: str) -> None:
        plain, named = _("Picture %(number)s: %(reason)s"), _("Picture %(number)s (%(name)s): %(reason)s")
        super().__init__((named if name else plain) % {"number": number, "name": name, "reason": reason})
        self.number = number


@dataclass(frozen=True, slots=True)
class ProtectedFiles:
    """What the pipeline made of one original, and the original's hash. The files are kept; no row names them yet."""

    picture: ProtectedPicture
    original_hash: str


async def store_pictures(
    services: Services,
    artist: Artist,
    drafts: tuple[PictureDraft | UploadedPicture, ...],
    terms: Terms,
    progress: Progress | None = None,
    marks: MarkChoice = NO_CHOICE,
) -> tuple[Picture, ...]:
    """Protect and keep pictures, one after another; the rows for them. Raises PictureUnusable for the first refused."""
    stored = []
    for number, draft in enumerate(drafts, start=1):
        try:
            stored.append(await _store_or_take(services, artist, draft, terms, _numbered(progress, number), marks))
        except (PictureRefused, OSError) as refusal:
            raise PictureUnusable(number, _name_of(draft, refusal), _reason(refusal)) from refusal
    return tuple(stored)


async def _store_or_take(
    services: Services,
    artist: Artist,
    draft: PictureDraft | UploadedPicture,
    terms: Terms,
    progress: Callable[[ReportLine], None] | None,
    marks: MarkChoice,
) -> Picture:
    """A new picture, or one that waits in a draft."""
    if isinstance(draft, PictureDraft):
        return await store_picture(services, artist, draft, terms, progress, marks)
    own = replace(terms, policy=draft.opt_out or terms.policy)
    treated = build_request(services, artist, own, draft.focal_point, draft.cloak)
    request = await mark_request(services, artist, treated, marks)
    taken = await take_upload(services, artist, draft, request, own)
    if isinstance(taken, PictureDraft):
        return await store_picture(services, artist, taken, terms, progress, marks)
    return taken


async def store_picture(
    services: Services,
    artist: Artist,
    draft: PictureDraft,
    terms: Terms,
    progress: Callable[[ReportLine], None] | None = None,
    marks: MarkChoice = NO_CHOICE,
) -> Picture:
    """Protect one picture and keep its files; the rows for it, not yet of a post. Raises PictureRefused or OSError."""
    content = await read_content(services, draft.content)
    own = replace(terms, policy=draft.opt_out or terms.policy)
    treated = build_request(services, artist, own, draft.focal_point, draft.cloak)
    request = await mark_request(services, artist, treated, marks)
    files = await protect_and_keep(services, content, request, own, progress)
    return build_rows(services.clock, artist, draft, files)


async def protect_and_keep(
    services: Services,
    content: bytes,
    request: ProtectionRequest,
    terms: Terms,
    progress: Callable[[ReportLine], None] | None = None,
) -> ProtectedFiles:
    """Run the pipeline and keep what came of it: the untouched original in private, the renditions in public."""
    worked_on = await work_by_command(services.config.protection, content) if _is_for_command(request) else content
    picture = await sign_picture(services, await services.pictures.protect(worked_on, request, progress), terms)
    original_hash = hashlib.sha256(content).hexdigest()
    await services.media.put("private", original_hash, content)
    for rendition in picture.renditions:
        await keep_rendition(services.media, rendition)
    return ProtectedFiles(picture, original_hash)


def _is_for_command(request: ProtectionRequest) -> bool:
    return request.cloak == Cloak.COMMAND


async def keep_rendition(media: MediaStore, rendition: values.Rendition) -> str:
    """Keep one public file; its name."""
    name = f"{hashlib.sha256(rendition.data).hexdigest()}.{rendition.extension}"
    await media.put("public", name, rendition.data)
    return name


def build_request(
    services: Services,
    artist: Artist,
    terms: Terms,
    focal_point: tuple[float, float] | None = None,
    cloak: Cloak | None = None,
) -> ProtectionRequest:
    """How an artist's pictures are treated; a cloak that a picture asks for goes before the artist's own choice."""
    return ProtectionRequest(
        rights=rights_under(terms, artist, services.site, services.config.opt_out.default),
        limits=picture_limits(services.config),
        focal_point=focal_point,
        cloak=cloak or artist.cloak or services.config.protection.cloak,
        cloak_model=str(services.config.resolve(services.config.protection.cloak_model)),
    )


def build_rows(clock: Clock, artist: Artist, draft: PictureDraft, files: ProtectedFiles) -> Picture:
    """An attachment and its renditions. Sizes are those of the federated rendition, which others fetch."""
    picture, pk = files.picture, clock.new_pk()
    federated = picture.rendition(RenditionKind.FEDERATED) or picture.renditions[0]
    attachment = Attachment(
        pk=pk,
        artist_pk=artist.pk,
        alt=draft.alt.strip(),
        focal_x=picture.focal_point[0],
        focal_y=picture.focal_point[1],
        blurhash=picture.blurhash,
        dominant_color=picture.dominant_color,
        media_type=federated.media_type,
        width=federated.width,
        height=federated.height,
        original_hash=files.original_hash,
        original_name=draft.name or None,
        sensitive=draft.sensitive,
        opt_out=draft.opt_out,
        mark=_find_mark(picture),
        report=build_report(picture),
        created_at=clock.now(),
    )
    return Picture(attachment, build_rendition_rows(pk, picture), build_likeness(clock, pk, picture))


def build_rendition_rows(attachment_pk: int, picture: ProtectedPicture) -> dict[str, Rendition]:
    """One row for each file, by its kind."""
    return {
        rendition.kind.value: Rendition(
            attachment_pk=attachment_pk,
            kind=rendition.kind.value,
            hash=hashlib.sha256(rendition.data).hexdigest(),
            extension=rendition.extension,
            media_type=rendition.media_type,
            width=rendition.width,
            height=rendition.height,
            byte_size=len(rendition.data),
        )
        for rendition in picture.renditions
    }


def build_likeness(clock: Clock, attachment_pk: int, picture: ProtectedPicture) -> Likeness | None:
    """The row of its look; None where it is too plain to have one."""
    look = picture.likeness
    if not look.whole:
        return None
    return Likeness(pk=clock.new_pk(), attachment_pk=attachment_pk, whole=look.whole, windows=look.windows)


def _find_mark(picture: ProtectedPicture) -> int | None:
    """The number that was written into its pixels."""
    lines = (line for line in picture.report if line.step == "mark_invisibly")
    return next((line.facts.get("number") for line in lines), None)


def build_report(picture: ProtectedPicture) -> list[dict[str, object]]:
    """What the pipeline did, as it is kept for the artist."""
    return [{"step": line.step, "text": line.text, "facts": dict(line.facts)} for line in picture.report]


async def read_content(services: Services, content: bytes | Path) -> bytes:
    """A picture's bytes; of a file that is too large one byte more than is taken, so that it is refused."""
    if isinstance(content, bytes):
        return content
    most = services.config.protection.max_file_mib * values.MIB
    return await asyncio.to_thread(_read_file, content, most + 1)


def _read_file(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        return file.read(most)


def _numbered(progress: Progress | None, number: int) -> Callable[[ReportLine], None] | None:
    return None if progress is None else lambda line: progress(number, line)


def _name_of(draft: PictureDraft | UploadedPicture, refusal: Exception) -> str:
    return draft.name if isinstance(draft, PictureDraft) else getattr(refusal, "name", "")


def _reason(refusal: PictureRefused | OSError) -> str:
    return str(refusal) if isinstance(refusal, PictureRefused) else f"{refusal.strerror or refusal}"
