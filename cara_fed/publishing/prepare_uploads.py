"""Preparing pictures that wait in drafts: protected in the background, each step told as it is done."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest
from typing import Any, Final

from cara_fed.protection.errors import PictureRefused
from cara_fed.protection.values import ReportLine
from cara_fed.publishing.drafts import PictureDraft
from cara_fed.publishing.forget_files import forget_files
from cara_fed.publishing.store_picture import store_picture
from cara_fed.publishing.take_upload import default_terms, describe_treatment
from cara_fed.publishing.treatments import load_treatment, plan_request
from cara_fed.publishing.warn_of_matches import warn_of_matches
from cara_fed.services import Services
from cara_fed.words.speech import _, later, speak, spoken
from cara_fed.words.wishes import find_setting
from storage.attachments import Picture
from storage.errors import NotFound
from storage.records import Records
from storage.uploads import DONE, REFUSED, Upload

LEASE: Final = timedelta(seconds=20)
TELL_SECONDS: Final = 0.4
RENEW_EVERY: Final = 10
"""A lease is renewed at every so many looks, where nothing new is to be told."""
MAX_ATTEMPTS: Final = 3

_BREAKS = later(
    "This picture broke whatever worked on it, several times; open it in a picture editor and export it anew."
)
_FILE_GONE = later("The file is gone from this server; send the picture again.")


@dataclass(frozen=True, slots=True)
class _Made:
    """A picture that is worked on, and how, to be compared with how it is wanted later."""

    upload: Upload
    request: dict[str, Any]


async def prepare_once(services: Services) -> bool:
    """Work on the pictures that wait longest, as many at a time as instance.toml says; whether there were any."""
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        claimed = await records.uploads.claim(now, now + LEASE, services.config.protection.workers)
    await asyncio.gather(*(_prepare(services, upload) for upload in claimed))
    if claimed:
        services.wake.drafts.set()
    return bool(claimed)


async def _prepare(services: Services, upload: Upload) -> None:
    """One picture; when this ends it is done, refused or wanted otherwise, unless the process ends first."""
    speak(find_setting(upload.language) or spoken().tag)
    async with services.database.reading() as records:
        artist = await records.artists.get_by_pk(upload.artist_pk)
    treatment = load_treatment(upload.wanted)
    made = _Made(upload, describe_treatment(plan_request(services, artist, treatment)))
    if upload.attempts > MAX_ATTEMPTS:
        await _refuse(services, made, _(_BREAKS))
        return
    lines: list[ReportLine] = []
    telling = asyncio.create_task(_keep_telling(services, upload.pk, lines))
    try:
        content = await services.media.read("private", upload.original_hash)
        terms = default_terms(services, artist)
        draft = PictureDraft(content, upload.alt, upload.name, cloak=treatment.cloak)
        picture = await store_picture(services, artist, draft, terms, lines.append, treatment.marks)
    except (PictureRefused, OSError) as refusal:
        await _refuse(services, made, str(refusal), lines)
    except NotFound:
        await _refuse(services, made, _(_FILE_GONE), lines)
    else:
        await _keep(services, made, picture)
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling


async def _keep_telling(services: Services, pk: int, lines: Sequence[ReportLine]) -> None:
    """Write down what is done while it is being done, so that every page and every process can tell."""
    told, looks = 0, 0
    while True:
        await asyncio.sleep(TELL_SECONDS)
        looks += 1
        if len(lines) > told or looks % RENEW_EVERY == 0:
            told = len(lines)
            async with services.database.unit_of_work() as records:
                await records.uploads.record_steps(pk, dump_steps(lines), services.clock.now() + LEASE)


async def _keep(services: Services, made: _Made, picture: Picture) -> None:
    attachment = picture.attachment
    async with services.database.unit_of_work() as records:
        is_wanted = await _finish(records, made, DONE, steps=attachment.report, problem="")
        if is_wanted:
            await records.attachments.add_picture(picture)
            await _finish(records, made, DONE, attachment_pk=attachment.pk)
    if not is_wanted:
        await forget_files(services, [picture])
    elif picture.likeness is not None:
        await warn_of_matches(services, made.upload.draft_pk)


async def _refuse(services: Services, made: _Made, why: str, lines: Sequence[ReportLine] = ()) -> None:
    async with services.database.unit_of_work() as records:
        await _finish(records, made, REFUSED, problem=why, steps=dump_steps(lines))


async def _finish(records: Records, made: _Made, state: str, **values: Any) -> bool:
    """Note how it ended; False where it was taken out of its draft, or is wanted otherwise and so begun anew."""
    pk = made.upload.pk
    if await records.uploads.finish(pk, made.upload.wanted, state, request=made.request, **values):
        return True
    await records.uploads.send_back([pk])
    return False


def dump_steps(lines: Sequence[ReportLine]) -> list[dict[str, Any]]:
    """What was done so far, as it is kept: of a step that told how far it had come, the last word."""
    last = [line for line, following in zip_longest(lines, lines[1:]) if not following or following.step != line.step]
    return [{"step": line.step, "text": line.text, "facts": dict(line.facts)} for line in last]
