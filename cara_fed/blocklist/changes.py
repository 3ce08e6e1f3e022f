"""What is told to others about our own entries: one change after another, kept whether or not anybody may ask."""

from collections.abc import Iterable
from typing import TypeAlias

from cara_fed.blocklist.formats.parsed import ParsedEntry
from cara_fed.services import Services
from storage.blocklist import BlocklistEntry
from storage.blocklist_changes import RECOMMENDATION, RETRACTION, BlocklistChange
from storage.records import Records

Said: TypeAlias = BlocklistEntry | ParsedEntry


async def publish_recommendations(records: Records, services: Services, entries: Iterable[Said]) -> None:
    """Tell that entries are listed, or are said otherwise of than before."""
    now = services.clock.now()
    changes = [
        BlocklistChange(
            pk=services.clock.new_pk(),
            change_type=RECOMMENDATION,
            kind=str(entry.kind),
            key=entry.key,
            label=entry.label,
            policy=str(entry.policy),
            comment=entry.reason,
            evidence=list(entry.evidence),
            author=entry.author,
            published_at=now,
            expires_at=entry.expires_at,
        )
        for entry in entries
    ]
    await records.blocklist_changes.append(*changes)


async def publish_retraction(records: Records, services: Services, kind: str, key: str, comment: str) -> None:
    """Tell that an entry is taken back."""
    now = services.clock.now()
    change = BlocklistChange(
        pk=services.clock.new_pk(), change_type=RETRACTION, kind=kind, key=key, comment=comment, published_at=now
    )
    await records.blocklist_changes.append(change)
