"""Originals that were kept before there was a key, or under an older one: sealed with the key that is in use."""

from collections.abc import Callable
from dataclasses import dataclass

from cara_fed.errors import NotAllowed
from cara_fed.services import Services
from storage.errors import MediaUnavailable, NotFound
from storage.media import SealedMedia

Progress = Callable[[int, int], None]
"""Hears how many files were looked at, and of how many."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """How many files were sealed now, how many were before, and why each of the others could not be."""

    sealed: int
    before: int
    problems: tuple[str, ...]


async def seal_originals(services: Services, progress: Progress) -> Sealing:
    """Seal what is not sealed with the key in use, file by file; after it was killed it goes on where it was.

    Raises NotAllowed where no key is configured.
    """
    media = services.media
    if not isinstance(media, SealedMedia):
        raise NotAllowed("There is no key to seal with: name storage.originals_key_file in instance.toml first.")
    names, sealed, before, problems = [name async for name in media.names("private")], 0, 0, []
    for number, name in enumerate(names, start=1):
        try:
            if await media.is_outdated(name):
                await _seal(services, media, name)
                sealed += 1
            else:
                before += 1
        except NotFound:  # deleted meanwhile
            pass
        except MediaUnavailable as problem:
            problems.append(str(problem))
        progress(number, len(names))
    return Sealing(sealed, before, tuple(problems))


async def _seal(services: Services, media: SealedMedia, name: str) -> None:
    """One file; what its artist deletes just then stays deleted."""
    was_used = await _is_used(services, name)
    await media.seal_anew(name)
    if was_used and not await _is_used(services, name):
        await media.delete("private", name)


async def _is_used(services: Services, name: str) -> bool:
    file_hash = name.partition(".")[0]
    async with services.database.reading() as records:
        return file_hash in await records.attachments.find_used_hashes([file_hash])


async def count_outdated(services: Services, most: int) -> int:
    """How many of up to ``most`` originals are not sealed with the key in use; none where there is no key."""
    media, looked, outdated = services.media, 0, 0
    if not isinstance(media, SealedMedia):
        return 0
    async for name in media.names("private"):
        looked += 1
        outdated += await _needs_sealing(media, name)
        if looked == most:
            break
    return outdated


async def _needs_sealing(media: SealedMedia, name: str) -> bool:
    try:
        return await media.is_outdated(name)
    except NotFound:
        return False
