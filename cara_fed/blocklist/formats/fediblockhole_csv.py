"""FediBlockHole's CSV of merged blocklists; RapidBlock's bare domains are read too."""

from cara_fed.blocklist.entries import EntryRules
from cara_fed.blocklist.formats.csv_rows import gather_rows
from cara_fed.blocklist.formats.parsed import Gathering, ParsedList


def parse_fediblockhole_csv(body: bytes, rules: EntryRules) -> ParsedList:
    """Read a merged list; where nobody wrote a public comment the private one is the reason."""
    gathering = Gathering(rules)
    gather_rows(body, gathering, "public_comment", "private_comment")
    return gathering.result()
