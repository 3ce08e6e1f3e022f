"""Blocklist formats: bytes to entries and back, one file a format, none of them asking the network or the clock."""

from collections.abc import Callable, Iterable, Mapping

from cara_fed.blocklist.entries import Entry
from cara_fed.blocklist.formats.ai_robots_json import parse_ai_robots_json
from cara_fed.blocklist.formats.exports import exportable
from cara_fed.blocklist.formats.fediblockhole_csv import parse_fediblockhole_csv
from cara_fed.blocklist.formats.fires import parse_fires
from cara_fed.blocklist.formats.gotosocial_json import export_gotosocial_json, parse_gotosocial_json
from cara_fed.blocklist.formats.mastodon_api import parse_mastodon_api
from cara_fed.blocklist.formats.mastodon_csv import export_mastodon_csv, parse_mastodon_csv
from cara_fed.blocklist.formats.parsed import ListUnreadable, Parse, ParsedEntry, ParsedList, Problem
from cara_fed.blocklist.formats.text import export_text, parse_text

Export = Callable[[Iterable[Entry], str], bytes]
"""Writes entries; the second argument is the page where each can be read about under its key, or ""."""

PARSERS: Mapping[str, Parse] = {
    "text": parse_text,
    "mastodon-csv": parse_mastodon_csv,
    "gotosocial-json": parse_gotosocial_json,
    "fediblockhole-csv": parse_fediblockhole_csv,
    "mastodon-api": parse_mastodon_api,
    "fires": parse_fires,
    "ai-robots-json": parse_ai_robots_json,
}

EXPORTERS: Mapping[str, Export] = {
    "text": export_text,
    "mastodon-csv": export_mastodon_csv,
    "gotosocial-json": export_gotosocial_json,
}

__all__ = [
    "EXPORTERS",
    "PARSERS",
    "ListUnreadable",
    "ParsedEntry",
    "ParsedList",
    "Problem",
    "exportable",
]
