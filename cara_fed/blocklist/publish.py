"""Our own list for others to read: as a dataset with its history, and as the files that other software imports."""

from dataclasses import dataclass
from datetime import UTC, datetime

from activitypub.documents import Json
from cara_fed.blocklist.dataset import (
    Dataset,
    build_change,
    build_changes,
    build_page,
    build_snapshot,
)
from cara_fed.blocklist.entries import LOCAL, EntryKind
from cara_fed.blocklist.formats import EXPORTERS, exportable
from cara_fed.blocklist.formats.mastodon_csv import export_retractions_csv
from cara_fed.blocklist.uuids import pk_of, uuid_of
from cara_fed.services import Services
from storage.blocklist_changes import RETRACTION

PAGE_SIZE = 100
_DATASET = "fires_dataset"


@dataclass(frozen=True, slots=True)
class Export:
    """A file as it is now, and when what is in it last changed."""

    body: bytes
    changed_at: datetime


async def open_dataset(services: Services) -> Dataset:
    """The dataset of this instance; its key is made on first use and kept for ever."""
    async with services.database.reading() as records:
        known = await records.secrets.find(_DATASET)
    if known is None:
        async with services.database.unit_of_work() as records:
            known = await records.secrets.get_or_create(_DATASET, lambda: str(services.clock.new_pk()))
    return Dataset(services.site, int(known))


async def read_snapshot(services: Services, dataset: Dataset) -> Json:
    """What stands now."""
    async with services.database.reading() as records:
        standing = await records.blocklist_changes.find_standing()
        last_pk = await records.blocklist_changes.find_last_pk()
    return build_snapshot(dataset, standing, last_pk, services.clock.now())


async def read_changes(services: Services, dataset: Dataset) -> Json:
    """Where to begin reading."""
    async with services.database.reading() as records:
        return build_changes(dataset, await records.blocklist_changes.count())


async def read_page(services: Services, dataset: Dataset, since: str) -> Json | None:
    """The page of changes after one, by its UUID; None where that is no UUID of version 7."""
    pk = pk_of(since)
    if pk is None:
        return None
    async with services.database.reading() as records:
        changes = await records.blocklist_changes.find_after(pk, PAGE_SIZE)
        return build_page(dataset, since, changes, await records.blocklist_changes.count())


async def read_change(services: Services, dataset: Dataset, uuid: str) -> Json | None:
    """One change; None where there is none of that UUID."""
    pk = pk_of(uuid)
    if pk is None or uuid_of(pk, services.site.base) != uuid.lower():
        return None
    async with services.database.reading() as records:
        change = await records.blocklist_changes.find(pk)
    return None if change is None else build_change(dataset, change)


async def export_entries(services: Services, format: str) -> Export:
    """Our active domain entries in one of EXPORTERS' formats."""
    now = services.clock.now()
    async with services.database.reading() as records:
        entries = await records.blocklist.find_active(now, LOCAL)
        standing = await records.blocklist_changes.find_standing()
    changed_at = max((change.published_at for change in standing), default=datetime.fromtimestamp(0, UTC))
    page = f"{services.site.base}/blocklists/ai-scrapers"
    return Export(EXPORTERS[format](exportable(entries, now), page), changed_at)


async def export_retractions(services: Services) -> Export:
    """The domains that were listed and are no longer, as CSV with severity ``noop``."""
    async with services.database.reading() as records:
        standing = await records.blocklist_changes.find_standing()
    retracted = [each for each in standing if each.change_type == RETRACTION and each.kind == EntryKind.DOMAIN]
    changed_at = max((change.published_at for change in retracted), default=datetime.fromtimestamp(0, UTC))
    return Export(export_retractions_csv((each.key, each.comment) for each in retracted), changed_at)
