"""Rows of the blocklists that pass between admins as CSV: with a header, without one, with comments."""

import csv
import io
from collections.abc import Iterator, Mapping

from cara_fed.blocklist.entries import EntryPolicy
from cara_fed.blocklist.formats.parsed import Gathering, decode
from cara_fed.words.speech import _

MASTODON_COLUMNS = ("domain", "severity", "reject_media", "reject_reports", "public_comment", "obfuscate")

_POLICY_OF = {
    "": EntryPolicy.REJECT,  # Mastodon's import takes a missing severity for suspend
    "suspend": EntryPolicy.REJECT,
    "silence": EntryPolicy.FILTER,
    "noop": EntryPolicy.ADVISORY,
}


def gather_rows(body: bytes, gathering: Gathering, *comments: str) -> None:
    """Add every row's domain by its severity; ``comments`` are the columns that may hold the reason, the best first."""
    for line, row in _read_rows(body, gathering):
        severity = row.get("severity", "").strip().lower()
        comment = next((row[name] for name in comments if row.get(name)), "")
        if severity in _POLICY_OF:
            gathering.add(line, row.get("domain", ""), _POLICY_OF[severity], comment)
        else:
            gathering.report(
                line, row.get("domain", ""), _("the severity %(severity)s is not known", severity=repr(severity[:40]))
            )


def _read_rows(body: bytes, gathering: Gathering) -> Iterator[tuple[int, Mapping[str, str]]]:
    columns: tuple[str, ...] = MASTODON_COLUMNS  # older lists have no header
    text = decode(body)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_find_delimiter(text))
    try:
        for cells in rows:
            if _is_header(cells):
                columns = tuple(cell.strip().lstrip("#").lower() for cell in cells)
            elif any(cells) and not cells[0].startswith("#"):
                yield rows.line_num, dict(zip(columns, (cell.strip() for cell in cells), strict=False))
    except csv.Error as error:
        gathering.report(rows.line_num, "", _("the rest of the list is not CSV: %(error)s", error=error))


def _find_delimiter(text: str) -> str:
    """What separates columns: a comma, unless the first row has none and a spreadsheet wrote something else."""
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("# ")), "")
    return "," if "," in first else next((mark for mark in ("\t", ";") if mark in first), ",")


def _is_header(cells: list[str]) -> bool:
    return bool(cells) and cells[0].strip().lstrip("#").lower() == "domain"
