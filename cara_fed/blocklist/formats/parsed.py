"""What every format is read into: entries, what was taken back, and what could not be read, line by line."""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cara_fed.blocklist.entries import EntryKind, EntryLabel, EntryPolicy, EntryRefused, EntryRules, parse_entry
from cara_fed.errors import CaraFedError
from cara_fed.words.speech import _

MAX_ENTRIES = 250_000
MAX_PROBLEMS = 100
MAX_REASON = 1000
MAX_EVIDENCE = 20

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BARE_ADDRESS = re.compile(r"https?://([^/?#@]+)/?", re.IGNORECASE)
_LABEL = re.compile(rf"(?:ai-)?({'|'.join(EntryLabel)})\b[:;,]?\s*", re.IGNORECASE)


class ListUnreadable(CaraFedError):
    """This is not a list in the format it should be in."""


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One entry as a list has it, its key in normal form."""

    kind: EntryKind
    key: str
    policy: EntryPolicy = EntryPolicy.REJECT
    label: str = ""
    reason: str = ""
    evidence: tuple[str, ...] = ()
    author: str = ""
    expires_at: datetime | None = None
    change_id: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry that was left out: the line or the position in the list (from 1), its text, why."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class ParsedList:
    """A list that was read; of the problems the first hundred are kept, and all are counted.

    ``retractions`` and ``next_url`` come from change feeds alone: what they take back, and where they go on.
    """

    entries: tuple[ParsedEntry, ...]
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    retractions: frozenset[tuple[EntryKind, str]] = frozenset()
    next_url: str | None = None


Parse = Callable[[bytes, EntryRules], ParsedList]


@dataclass(slots=True)
class Gathering:
    """Collects entries; one that cannot be read becomes a problem, and a repeated one keeps the graver policy."""

    rules: EntryRules
    _entries: dict[tuple[EntryKind, str], ParsedEntry] = field(default_factory=dict)
    _problems: list[Problem] = field(default_factory=list)
    _problem_count: int = 0

    def add(self, line: int, text: str, policy: EntryPolicy = EntryPolicy.REJECT, comment: str = "") -> None:
        """Add the domain or actor id that ``text`` spells; a bare web address, as people paste it, means its domain."""
        bare = _BARE_ADDRESS.fullmatch(text.strip())
        try:
            kind, key = parse_entry(bare[1] if bare else text, self.rules)
        except EntryRefused as error:
            self.report(line, text, str(error))
        else:
            self.add_entry(describe(ParsedEntry(kind, key, policy), comment))

    def add_entry(self, entry: ParsedEntry) -> None:
        """Add what was read already; raises :class:`ListUnreadable` past a quarter of a million."""
        known = self._entries.get((entry.kind, entry.key))
        if known is None or entry.policy.gravity > known.policy.gravity:
            self._entries[entry.kind, entry.key] = entry
        if len(self._entries) > MAX_ENTRIES:
            raise ListUnreadable(_("the list has more than %(limit)s entries", limit=MAX_ENTRIES))

    def replace_entry(self, entry: ParsedEntry) -> None:
        """Let a later change overwrite what was said before."""
        self.forget(entry.kind, entry.key)
        self.add_entry(entry)

    def forget(self, kind: EntryKind, key: str) -> None:
        """Leave out what an earlier change had added."""
        self._entries.pop((kind, key), None)

    def report(self, line: int, text: str, reason: str) -> None:
        """Note what was left out."""
        self._problem_count += 1
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(Problem(line, clean(text, 200), reason))

    def result(self) -> ParsedList:
        """What was gathered, in the list's order."""
        return ParsedList(tuple(self._entries.values()), tuple(self._problems), self._problem_count)


def describe(entry: ParsedEntry, comment: str) -> ParsedEntry:
    """The entry with a comment's text as its reason, and as its label the word of ours that the comment begins with."""
    comment = clean(comment, MAX_REASON)
    label = _LABEL.match(comment)
    if label is None:
        return replace(entry, reason=comment)
    return replace(entry, label=label[1].lower(), reason=comment[label.end() :])


def decode(body: bytes) -> str:
    """The text of a list, whatever its bytes; a byte order mark is dropped. Spreadsheets write UTF-16 too."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", errors="replace")
    return body.decode("utf-8-sig", errors="replace")


def clean(text: str, limit: int) -> str:
    """One line without control characters, at most ``limit`` long."""
    return _CONTROLS.sub(" ", text).strip()[:limit]


def text_in(item: dict[str, Any], *names: str) -> str:
    """The first of these members that holds text, else ""."""
    return next((value for name in names if isinstance(value := item.get(name), str) and value), "")


def read_json(body: bytes) -> Any:
    """The list's JSON; raises :class:`ListUnreadable`."""
    try:
        return json.loads(decode(body))
    except (ValueError, RecursionError) as error:
        raise ListUnreadable(_("this is not JSON")) from error


def read_json_items(body: bytes, gathering: Gathering) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSON array with their positions; anything else in it is reported."""
    items = read_json(body)
    if not isinstance(items, list):
        raise ListUnreadable(_("this is not a JSON array of entries"))
    for position, item in enumerate(items, 1):
        if isinstance(item, dict) and text_in(item, "domain"):
            yield position, item
        else:
            gathering.report(position, str(item)[:200], _("not an object with a domain"))
