"""Writing down who changed the blocklist, in the transaction that does it."""

from enum import StrEnum

from cara_fed.blocklist.diffs import ListDiff
from cara_fed.clock import Clock
from storage.audit_log import AuditRecord
from storage.records import Records


class Deed(StrEnum):
    """What can be done to the list."""

    LIST = "list"
    RETRACT = "retract"
    EXPIRE = "expire"
    ALLOW = "allow"
    DISALLOW = "disallow"
    IMPORT = "import"
    REFRESH = "refresh"
    APPLY = "apply"
    DISMISS = "dismiss"
    UNSUBSCRIBE = "unsubscribe"
    GRANT = "grant"
    REFUSE = "refuse"
    BURY = "bury"


async def note(records: Records, clock: Clock, deed: Deed, subject: str, detail: str = "", author: str = "") -> None:
    """Write one deed down; without an author it was the instance's own."""
    record = AuditRecord(
        pk=clock.new_pk(), author=author, action=str(deed), subject=subject, detail=detail, done_at=clock.now()
    )
    await records.audit_log.add(record)


def describe_diff(diff: ListDiff) -> str:
    """What a list changed, in numbers."""
    return f"{len(diff.added)} added, {len(diff.changed)} changed, {len(diff.retracted)} retracted"
