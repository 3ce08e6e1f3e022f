"""What a newly read list would change, and whether that can be meant."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cara_fed.blocklist.entries import EntryKind
from cara_fed.blocklist.formats import ParsedEntry
from cara_fed.errors import CaraFedError
from cara_fed.words.speech import _
from storage.blocklist import EntryRow

SMALL_LIST = 10
MAX_LOSS = 0.5

Key = tuple[str, str]


class ListImplausible(CaraFedError):
    """The list lost more than lists lose; what it had before stays in force."""


@dataclass(frozen=True, slots=True)
class ListDiff:
    """What applying a list would do to the entries of its source: keys are (kind, key)."""

    added: tuple[ParsedEntry, ...] = ()
    changed: tuple[ParsedEntry, ...] = ()
    retracted: tuple[Key, ...] = ()
    unchanged: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.retracted)


def diff_list(current: Iterable[EntryRow], wanted: Iterable[ParsedEntry]) -> ListDiff:
    """Compare the active entries of one source with its list as it is now."""
    had = {(entry.kind, entry.key): entry for entry in current}
    wants = {(entry.kind.value, entry.key): entry for entry in wanted}
    known = [key for key in wants if key in had]
    changed = tuple(wants[key] for key in known if not _says_the_same(had[key], wants[key]))
    return ListDiff(
        added=tuple(entry for key, entry in wants.items() if key not in had),
        changed=changed,
        retracted=tuple(key for key in had if key not in wants),
        unchanged=len(known) - len(changed),
    )


def require_plausible(before: int, after: int, *, may_shrink: bool = False, is_feed: bool = False) -> None:
    """Raises :class:`ListImplausible` for an empty list, and for one that suddenly lost more than half.

    ``before`` and ``after`` count entries. ``may_shrink`` is an admin's word that a loss is meant; of all it never is.
    A feed may end up empty, for it says of each entry that it is taken back; but not of many at once.
    """
    if after == 0 and not is_feed:
        raise ListImplausible(_("the list is empty, which is an error: nothing was changed"))
    if before >= SMALL_LIST and after < before * MAX_LOSS and not may_shrink:
        raise ListImplausible(
            _(
                "the list shrank from %(before)s to %(after)s entries, which looks like an error: nothing was changed",
                before=before,
                after=after,
            )
        )


def build_rows(
    entries: Iterable[ParsedEntry], current: Collection[EntryRow], source: str, now: datetime, pks: Iterable[int]
) -> list[EntryRow]:
    """Rows of one source for entries that were added or changed; a changed one keeps the day it was first listed."""
    first_listed = {(entry.kind, entry.key): entry.created_at for entry in current}
    return [
        EntryRow(
            pk=pk,
            kind=entry.kind.value,
            key=entry.key,
            label=entry.label,
            policy=entry.policy.value,
            reason=entry.reason,
            evidence=list(entry.evidence),
            source=source,
            author=entry.author,
            created_at=first_listed.get((entry.kind.value, entry.key), now),
            expires_at=entry.expires_at,
            change_id=entry.change_id,
        )
        for entry, pk in zip(entries, pks, strict=False)
    ]


def with_reason(entry: ParsedEntry, reason: str) -> ParsedEntry:
    """The entry, giving this reason where its list gives none."""
    return entry if entry.reason else replace(entry, reason=reason)


def of_kind(keys: Iterable[Key], kind: EntryKind) -> list[str]:
    """The keys of one kind."""
    return [key for key_kind, key in keys if key_kind == kind]


def _says_the_same(row: EntryRow, entry: ParsedEntry) -> bool:
    had = (row.policy, row.label, row.reason, row.evidence, row.author, row.expires_at, row.change_id)
    said = (entry.policy, entry.label, entry.reason, list(entry.evidence), entry.author, entry.expires_at)
    return had == (*said, entry.change_id)
