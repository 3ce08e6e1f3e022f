"""Taking a picture out of a draft into a post: its files are there, and change only where they must."""

import hashlib
from dataclasses import asdict, replace
from typing import Any

from cara_fed.protection.errors import PictureRefused
from cara_fed.protection.values import Limits, ProtectionRequest, Rights
from cara_fed.publishing.drafts import PictureDraft, UploadedPicture
from cara_fed.publishing.rewrite_picture import rewrite_picture
from cara_fed.publishing.rights import Terms, choose_terms
from cara_fed.services import Services
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.attachments import Attachment, Picture, Rendition
from storage.likenesses import Likeness
from storage.statements import values_of
from storage.uploads import REFUSED, Upload


class UploadUnusable(PictureRefused):
    """A picture of a draft is not there, was refused, or is still being worked on; ``name`` is what it is called."""

    def __init__(self, why: str, name: str = "") -> None:
        super().__init__(why)
        self.name = name


async def take_upload(
    services: Services, artist: Artist, wanted: UploadedPicture, request: ProtectionRequest, terms: Terms
) -> Picture | PictureDraft:
    """The rows of a post's picture, made of a draft's; or the picture itself, where it is to be treated otherwise.

    Raises UploadUnusable.
    """
    upload, picture = await _find(services, artist, wanted.upload_pk)
    before, now = upload.request, describe_treatment(request)
    if before["pixels"] != now["pixels"]:
        content = await services.media.read("private", upload.original_hash)
        said = (wanted.focal_point, wanted.sensitive, wanted.opt_out, wanted.cloak)
        return PictureDraft(content, wanted.alt, upload.name, *said)
    if before["rights"] != now["rights"]:
        restated = await rewrite_picture(services, picture, request.rights, terms)
        picture.attachment.report = restated.report
        picture = replace(picture, renditions=restated.renditions)
    return _copy(services, picture, wanted)


async def _find(services: Services, artist: Artist, pk: int) -> tuple[Upload, Picture]:
    async with services.database.reading() as records:
        upload = (await records.uploads.find([pk])).get(pk)
        if upload is None or upload.artist_pk != artist.pk:
            raise UploadUnusable(_("it is no longer here; send it again."))
        if upload.state == REFUSED:
            raise UploadUnusable(upload.problem, upload.name)
        if upload.attachment_pk is None:
            raise UploadUnusable(_("it is still being prepared; wait a moment."), upload.name)
        picture = (await records.attachments.find([upload.attachment_pk]))[upload.attachment_pk]
        return upload, replace(picture, likeness=await records.likenesses.find(upload.attachment_pk))


def default_terms(services: Services, artist: Artist) -> Terms:
    """The terms on which an artist shows work of which nothing else was said."""
    return choose_terms(artist, effective_opt_out(services.config.opt_out.default, artist), None, "")


def describe_treatment(request: ProtectionRequest) -> dict[str, Any]:
    """What was done to a picture, to be compared: what its files say, and a digest of what its pixels went through."""
    pixels = replace(request, rights=Rights(), limits=Limits(), focal_point=None, invisible_mark=None)
    described = f"{pixels!r} {request.visible_mark and request.visible_mark.logo} {bool(request.invisible_mark)}"
    return {"rights": asdict(request.rights), "pixels": hashlib.sha256(described.encode()).hexdigest()}


def _copy(services: Services, picture: Picture, wanted: UploadedPicture) -> Picture:
    """New rows for the same files: those of the draft go with the draft."""
    pk, old = services.clock.new_pk(), picture.attachment
    values = values_of(old) | {
        "pk": pk,
        "alt": wanted.alt.strip(),
        "sensitive": wanted.sensitive,
        "opt_out": wanted.opt_out,
    }
    attachment = Attachment(**values)
    if wanted.focal_point:
        attachment.focal_x, attachment.focal_y = wanted.focal_point
    renditions = {
        kind: Rendition(**(values_of(one) | {"attachment_pk": pk})) for kind, one in picture.renditions.items()
    }
    return Picture(attachment, renditions, _copy_likeness(services, picture.likeness, pk))


def _copy_likeness(services: Services, likeness: Likeness | None, attachment_pk: int) -> Likeness | None:
    if likeness is None:
        return None
    return Likeness(**(values_of(likeness) | {"pk": services.clock.new_pk(), "attachment_pk": attachment_pk}))
