"""Forgetting files that no row names any more, after the rows are gone."""

from collections.abc import Iterable

from cara_fed.services import Services
from cara_fed.translate.posts import file_name_of
from storage.attachments import Picture


async def forget_files(services: Services, pictures: Iterable[Picture], originals: Iterable[str] = ()) -> None:
    """Delete the files of pictures whose rows are gone, but for those that another picture shares.

    ``originals`` are the hashes of files that were sent and of which nothing was made.
    """
    pictures = tuple(pictures)
    public = {file_name_of(rendition) for picture in pictures for rendition in picture.renditions.values()}
    private = {picture.attachment.original_hash for picture in pictures if picture.attachment.original_hash}
    private.update(originals)
    hashes = private | {name.partition(".")[0] for name in public}
    async with services.database.reading() as records:
        used = await records.attachments.find_used_hashes(hashes)
    for name in public:
        if name.partition(".")[0] not in used:
            await services.media.delete("public", name)
    for name in private - used:
        await services.media.delete("private", name)


async def forget_public_files(services: Services, names: Iterable[str | None]) -> None:
    """Delete those of these public files that nothing names: old avatars and headers."""
    files = {name.partition(".")[0]: name for name in names if name}
    async with services.database.reading() as records:
        used = await records.attachments.find_used_hashes(files)
    for file_hash, name in files.items():
        if file_hash not in used:
            await services.media.delete("public", name)
