"""Plain text: a domain or an actor id a line, with ``#`` before a comment."""

import re
from collections.abc import Iterable

from cara_fed.blocklist.entries import Entry, EntryRules
from cara_fed.blocklist.formats.exports import suspending
from cara_fed.blocklist.formats.parsed import Gathering, ParsedList, decode

_COMMENT = re.compile(r"(?:^|\s)#\s*")


def parse_text(body: bytes, rules: EntryRules) -> ParsedList:
    """Read one entry a line; the comment beside an entry is its reason. Lines of several words are no entries."""
    gathering = Gathering(rules)
    for number, line in enumerate(decode(body).splitlines(), 1):
        text, *comment = _COMMENT.split(line, maxsplit=1)
        if text.strip():
            gathering.add(number, text, comment=" ".join(comment))
    return gathering.result()


def export_text(entries: Iterable[Entry], page: str = "") -> bytes:
    """Write the domains that are refused outright: a bare name says nothing milder."""
    return "".join(f"{entry.key}\n" for entry in suspending(entries)).encode()
