"""How pictures of drafts are to be treated, as their artist says before or after they are sent."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from cara_fed.protection.cloak.levels import Cloak
from cara_fed.protection.values import ProtectionRequest
from cara_fed.publishing.drafts import MarkChoice, PostDraft, UploadedPicture
from cara_fed.publishing.forget_files import forget_files
from cara_fed.publishing.marks import plan_marks
from cara_fed.publishing.store_picture import build_request
from cara_fed.publishing.take_upload import default_terms, describe_treatment
from cara_fed.services import Services
from storage.artists import Artist
from storage.attachments import Picture
from storage.records import Records
from storage.uploads import READY, Upload


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is said of one picture; ``cloak`` None, and what ``marks`` leave open, is as the artist's settings say."""

    cloak: Cloak | None = None
    marks: MarkChoice = field(default_factory=MarkChoice)


AS_ALWAYS = Treatment()


def dump_treatment(treatment: Treatment) -> str:
    """A treatment as an upload keeps it: equal ones are equal texts, and nothing where nothing is said."""
    said = {"cloak": treatment.cloak, **asdict(treatment.marks)}
    return json.dumps(said, sort_keys=True) if treatment != AS_ALWAYS else ""


def load_treatment(kept: str) -> Treatment:
    """The same back."""
    said: dict[str, Any] = json.loads(kept) if kept else {}
    if not said:
        return AS_ALWAYS
    cloak = said.pop("cloak")
    return Treatment(Cloak(cloak) if cloak else None, MarkChoice(**said))


def plan_request(services: Services, artist: Artist, treatment: Treatment) -> ProtectionRequest:
    """How a picture is treated, but for the number of its mark, and with the rights that most of the artist's have."""
    request = build_request(services, artist, default_terms(services, artist), cloak=treatment.cloak)
    return plan_marks(services, artist, request, treatment.marks)


def treatments_of(post: PostDraft) -> dict[int, Treatment]:
    """What a post to be says of its pictures that were sent before, by their keys."""
    sent = (picture for picture in post.pictures if isinstance(picture, UploadedPicture))
    return {picture.upload_pk: Treatment(picture.cloak, post.marks) for picture in sent}


async def treat_uploads(services: Services, artist: Artist, wanted: Mapping[int, Treatment]) -> bool:
    """Let pictures of drafts be treated like this, by their keys; whether any of them is prepared anew.

    What is being worked on is prepared anew by whoever works on it, who finds that it is wanted otherwise.
    """
    async with services.database.unit_of_work() as records:
        uploads = await records.uploads.find(wanted)
        mine = [upload for upload in uploads.values() if upload.artist_pk == artist.pk]
        for upload in mine:
            await _want(records, upload, wanted[upload.pk])
        outdated = [one for one in mine if one.state in READY and _is_outdated(services, artist, one, wanted[one.pk])]
        made = await _send_back(records, outdated)
    if outdated:
        services.wake.uploads.set()
    await forget_files(services, made.values())
    return bool(outdated)


async def _want(records: Records, upload: Upload, treatment: Treatment) -> None:
    kept = dump_treatment(treatment)
    if upload.wanted != kept:
        await records.uploads.want(upload.pk, kept)


def _is_outdated(services: Services, artist: Artist, upload: Upload, treatment: Treatment) -> bool:
    now = describe_treatment(plan_request(services, artist, treatment))
    return bool(upload.request.get("pixels") != now["pixels"])


async def _send_back(records: Records, uploads: list[Upload]) -> dict[int, Picture]:
    made = await records.attachments.find([one.attachment_pk for one in uploads if one.attachment_pk])
    await records.uploads.send_back([upload.pk for upload in uploads])
    await records.attachments.remove(made)
    return made
