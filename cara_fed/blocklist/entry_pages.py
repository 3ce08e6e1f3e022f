"""The addresses of entries: where each of ours can be read about, and which entry an address names."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from activitypub.identifiers import Site, read_pk
from cara_fed.blocklist.entries import LOCAL, EntryKind
from storage.blocklist import BlocklistEntry
from storage.records import Records

LIST_PATH: Final = "/blocklists/ai-scrapers"


@dataclass(frozen=True, slots=True)
class EntryRef:
    """An entry by its domain, or by its key in the database."""

    text: str

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"{LIST_PATH}/{quote(self.text, safe='')}"


def ref_of(entry: BlocklistEntry) -> EntryRef:
    """How an entry is named in addresses: a domain by itself, an actor by its row."""
    return EntryRef(entry.key if entry.kind == EntryKind.DOMAIN else str(entry.pk))


def read_entry_id(id: str, site: Site) -> EntryRef | None:
    """The entry whose page has this address; None for anything else."""
    text = unquote(id.removeprefix(f"{site.base}{LIST_PATH}/"))
    return None if text == unquote(id) or not text or "/" in text else EntryRef(text)


async def find_own_entry(records: Records, ref: EntryRef) -> BlocklistEntry | None:
    """The entry of ours that is meant, also where it was taken back; None where there never was one."""
    if (pk := read_pk(ref.text)) is not None:
        entry = await records.blocklist.find_by_pk(pk)
        return entry if entry is not None and entry.source == LOCAL else None
    return await records.blocklist.find(EntryKind.DOMAIN, ref.text.lower())
