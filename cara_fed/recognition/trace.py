"""Which of our posts a found picture is: by the address it left through, its look, its mark, and its place in ours."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from activitypub.errors import ProtocolError
from cara_fed.capabilities import WEB_HOST_NUMBER, CapabilityInvalid
from cara_fed.errors import InvalidInput
from cara_fed.federation.errors import FetchError
from cara_fed.protection.values import Comparison, ComparisonRequest, Likeness, MarkFound, RenditionKind
from cara_fed.services import Services, picture_limits
from cara_fed.words.speech import _
from storage.attachments import Picture
from storage.errors import MediaUnavailable, NotFound
from storage.posts import Post

MOST_CANDIDATES = 24
CERTAIN_PLACE, LIKELY_PLACE = 0.6, 0.35
"""Correlations of fine detail: those of unrelated pictures stayed below 0.15 in all our trials."""
_WINDOWS_WITHIN, _PARTS_WITHIN = 18, 12
"""Bits of 64. Of a picture's many parts some look by chance like some window of another, but not so much."""
_ACCEPT = "image/avif, image/webp, image/png, image/jpeg, image/gif"
_MEDIA_PATH = re.compile(r"/media/([a-z]+-[a-p]+)/([0-9a-f]{64})\.([a-z0-9]{1,8})")


@dataclass(frozen=True, slots=True)
class Left:
    """Through which host a picture's address left this instance; None is the public web, which is everybody."""

    netloc: str | None


@dataclass(frozen=True, slots=True)
class Traced:
    """One of our pictures that the found one may be, with what speaks for it. ``post`` None: not of any post now."""

    picture: Picture
    post: Post | None
    distance: int | None = None  # bits of 256 that the looks differ in
    mark: MarkFound | None = None
    comparison: Comparison | None = None

    @property
    def is_certain(self) -> bool:
        """Whether chance, and mere likeness, can be ruled out."""
        place = self.comparison.place.likeness if self.comparison else 0.0
        return self.mark is not None or place >= CERTAIN_PLACE

    @property
    def is_likely(self) -> bool:
        """Whether it looks so much alike that it should be looked at."""
        place = self.comparison.place.likeness if self.comparison else 0.0
        return self.is_certain or place >= LIKELY_PLACE or (self.distance is not None and self.comparison is None)


async def find_way(services: Services, url: str) -> tuple[Left, Traced | None] | None:
    """Through which host one of our own picture addresses left, and of what it is; None for another address.

    Nothing is fetched. Raises InvalidInput where the address is none that this instance made.
    """
    parts = urlsplit(url)
    match = _MEDIA_PATH.fullmatch(parts.path)
    if match is None or parts.netloc.lower() != services.site.domain:
        return None
    capability, file_hash, _extension = match.groups()
    try:
        number = services.capabilities.read(capability, file_hash).host_number
    except CapabilityInvalid as error:
        raise InvalidInput(_("This address looks like one of ours, but this instance never made it.")) from error
    async with services.database.reading() as records:
        host = None if number == WEB_HOST_NUMBER else await records.hosts.find_by_number(number)
        pictures = await records.attachments.find_by_rendition(file_hash)
    netloc = None if number == WEB_HOST_NUMBER else host.netloc if host else f"host number {number}"
    traced = await _with_posts(services, pictures[:1])
    return Left(netloc), traced[0] if traced else None


async def trace_picture(services: Services, content: bytes) -> list[Traced]:
    """Our pictures that a picture file may be, the surest first; none that is not at least likely.

    Raises PictureRefused for what is no picture.
    """
    inspection = await services.pictures.inspect(content, services.mark_key, picture_limits(services.config))
    known = _Looks((inspection.upright, inspection.mirrored), inspection.mark, _WINDOWS_WITHIN)
    parts = _Looks(inspection.parts, None, _PARTS_WITHIN)
    return await _trace(services, content, known) or await _trace(services, content, parts)


async def fetch_picture(services: Services, url: str) -> bytes:
    """A picture from anywhere, by the one outbound client and within its limits. Raises InvalidInput."""
    try:
        response = await services.client.get(url, accept=_ACCEPT, max_bytes=picture_limits(services.config).max_bytes)
    except (FetchError, ProtocolError) as error:
        raise InvalidInput(_("The picture could not be fetched: %(error)s.", error=error)) from error
    if not response.ok:
        raise InvalidInput(
            _("The picture could not be fetched: its server answered %(status)s.", status=response.status)
        )
    return response.body


@dataclass(frozen=True, slots=True)
class _Looks:
    """What candidates are sought by."""

    likenesses: tuple[Likeness, ...]
    mark: MarkFound | None
    within: int


async def _trace(services: Services, content: bytes, looks: _Looks) -> list[Traced]:
    candidates = await _find_candidates(services, looks)
    traced = [await _examine(services, content, one) for one in candidates]
    return sorted((one for one in traced if one.is_likely), key=_rank)


def _rank(traced: Traced) -> tuple[bool, float, int]:
    place = traced.comparison.place.likeness if traced.comparison else 0.0
    return traced.mark is None, -place, traced.distance if traced.distance is not None else 256


async def _find_candidates(services: Services, looks: _Looks) -> list[Traced]:
    """Who bears the mark, who looks alike, and of whom it may be a part, in this order."""
    mark, windows = looks.mark, (one.windows for one in looks.likenesses)
    copies = await services.likenesses.find_copies(*(one.whole for one in looks.likenesses))
    crops = await services.likenesses.find_crops(*windows, limit=MOST_CANDIDATES, within=looks.within)
    distances = {near.attachment_pk: near.distance for near in copies}
    async with services.database.reading() as records:
        marked = await records.attachments.find_by_marks([mark.number]) if mark else ()
        pks = [near.attachment_pk for near in (*copies, *crops)][:MOST_CANDIDATES]
        found = await records.attachments.find(pks)
    ours = {one.attachment.pk: one for one in (*marked, *(found[pk] for pk in dict.fromkeys(pks) if pk in found))}
    marks = {one.attachment.pk: mark for one in marked}
    local = [one for one in ours.values() if one.attachment.artist_pk is not None]
    return [
        Traced(one.picture, one.post, distances.get(one.picture.attachment.pk), marks.get(one.picture.attachment.pk))
        for one in await _with_posts(services, local)
    ]


async def _with_posts(services: Services, pictures: Iterable[Picture]) -> list[Traced]:
    async with services.database.reading() as records:
        return [
            Traced(picture, await records.posts.find_by_pk(picture.attachment.post_pk or 0)) for picture in pictures
        ]


async def _examine(services: Services, content: bytes, traced: Traced) -> Traced:
    """Lays the found picture over the stored original; where that is gone, over what was published."""
    attachment = traced.picture.attachment
    known = await _read_known(services, traced.picture)
    if known is None:
        return traced
    request = ComparisonRequest(services.mark_key, attachment.mark)
    compared = await services.pictures.compare(content, known, request, picture_limits(services.config))
    return Traced(traced.picture, traced.post, traced.distance, compared.mark or traced.mark, compared)


async def _read_known(services: Services, picture: Picture) -> bytes | None:
    attachment, federated = picture.attachment, picture.renditions.get(RenditionKind.FEDERATED)
    try:
        if attachment.original_hash:
            return await services.media.read("private", attachment.original_hash)
    except (NotFound, MediaUnavailable):
        pass
    if federated is None:
        return None
    try:
        return await services.media.read("public", f"{federated.hash}.{federated.extension}")
    except (NotFound, MediaUnavailable):
        return None
