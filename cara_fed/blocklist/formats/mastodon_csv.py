"""Mastodon's CSV of domain blocks: what its export writes and most published lists look like."""

import csv
import io
from collections.abc import Iterable

from cara_fed.blocklist.entries import Entry, EntryPolicy, EntryRules
from cara_fed.blocklist.formats.csv_rows import MASTODON_COLUMNS, gather_rows
from cara_fed.blocklist.formats.exports import public_comment
from cara_fed.blocklist.formats.parsed import Gathering, ParsedList

_SEVERITY_OF = {
    EntryPolicy.REJECT: "suspend",
    EntryPolicy.DROP: "suspend",
    EntryPolicy.FILTER: "silence",
    EntryPolicy.ADVISORY: "noop",
}


def parse_mastodon_csv(body: bytes, rules: EntryRules) -> ParsedList:
    """Read the export of a Mastodon, or a list made in its image."""
    gathering = Gathering(rules)
    gather_rows(body, gathering, "public_comment")
    return gathering.result()


def export_mastodon_csv(entries: Iterable[Entry], page: str = "") -> bytes:
    """Write what a Mastodon imports."""
    return _write(
        (entry.key, _SEVERITY_OF[EntryPolicy(entry.policy)], public_comment(entry, page)) for entry in entries
    )


def export_retractions_csv(retracted: Iterable[tuple[str, str]]) -> bytes:
    """Write domains and comments of what is listed no longer; FediBlockHole's users know such lists as ``noop``."""
    return _write((key, "noop", comment) for key, comment in retracted)


def _write(rows: Iterable[tuple[str, str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(f"#{column}" for column in MASTODON_COLUMNS)
    for domain, severity, comment in rows:
        no_media = "true" if severity == "silence" else "false"
        writer.writerow((domain, severity, no_media, "false", comment, "false"))
    return text.getvalue().encode()
