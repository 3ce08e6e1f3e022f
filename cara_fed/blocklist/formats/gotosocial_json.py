"""GoToSocial's JSON of domain blocks: what its export writes and its subscriptions read."""

import json
from collections.abc import Iterable
from datetime import UTC

from cara_fed.blocklist.entries import Entry, EntryRules
from cara_fed.blocklist.formats.exports import public_comment, suspending
from cara_fed.blocklist.formats.parsed import Gathering, ParsedList, read_json_items, text_in


def parse_gotosocial_json(body: bytes, rules: EntryRules) -> ParsedList:
    """Read an array of suspended domains; raises ListUnreadable."""
    gathering = Gathering(rules)
    for position, item in read_json_items(body, gathering):
        gathering.add(position, text_in(item, "domain"), comment=text_in(item, "public_comment", "comment"))
    return gathering.result()


def export_gotosocial_json(entries: Iterable[Entry], page: str = "") -> bytes:
    """Write the domains that are refused outright: GoToSocial knows nothing milder."""
    items = [
        {
            "domain": entry.key,
            "suspended_at": entry.created_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "public_comment": public_comment(entry, page),
        }
        for entry in suspending(entries)
    ]
    return json.dumps(items, ensure_ascii=False, indent=1).encode() + b"\n"
