"""Importing a list from a file: what it would change first, then the change itself."""

import asyncio
from dataclasses import dataclass, replace

from cara_fed.blocklist.applying import apply_diff, apply_list
from cara_fed.blocklist.audit import Deed, describe_diff, note
from cara_fed.blocklist.changes import publish_recommendations
from cara_fed.blocklist.diffs import ListDiff, diff_list, with_reason
from cara_fed.blocklist.enact import Enacted, settle
from cara_fed.blocklist.entries import LOCAL, rules_of
from cara_fed.blocklist.formats import PARSERS, ListUnreadable, ParsedEntry, Problem
from cara_fed.blocklist.formats.parsed import clean
from cara_fed.blocklist.previews import Cut, preview
from cara_fed.blocklist.weighing import FILE_PREFIX
from cara_fed.errors import InvalidInput
from cara_fed.services import Services
from cara_fed.words.speech import _

MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What importing a file would do; ``source`` is whose entries it changes: "local", or the file by its name."""

    source: str
    entries: tuple[ParsedEntry, ...]
    diff: ListDiff
    cuts: tuple[Cut, ...] = ()
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0


async def plan_import(services: Services, name: str, body: bytes, format: str, *, ours: bool = False) -> ImportPlan:
    """Read a file and say what importing it would do. Raises ListUnreadable, or InvalidInput for an unknown format.

    Entries of a file are another's, known by the file's name, and importing it again retracts what it lost. With
    ``ours`` they become our own, which are published, and nothing is retracted.
    """
    if format not in PARSERS:
        raise InvalidInput(
            _("%(format)s is no format: there are %(formats)s.", format=format, formats=", ".join(PARSERS))
        )
    source = LOCAL if ours else f"{FILE_PREFIX}{clean(name, MAX_NAME)}"
    parsed = await asyncio.to_thread(PARSERS[format], body, rules_of(services.config))
    entries = tuple(with_reason(entry, f"imported from {clean(name, MAX_NAME)}") for entry in parsed.entries)
    now = services.clock.now()
    async with services.database.reading() as records:
        current = await records.blocklist.find_rows(now, source)
    diff = diff_list(current, entries)
    diff = replace(diff, retracted=()) if ours else diff
    cuts = (await preview(services, source, diff)).cuts
    return ImportPlan(source, entries, diff, cuts, parsed.problems, parsed.problem_count)


async def apply_import(services: Services, plan: ImportPlan, *, may_shrink: bool = False, author: str = "") -> Enacted:
    """Do what the plan says. Raises ListImplausible where the file is empty, or lost more than lists lose."""
    if not plan.entries:
        raise ListUnreadable(_("there is no entry in this file"))
    async with services.database.unit_of_work() as records:
        if plan.source == LOCAL:
            current = await records.blocklist.find_rows(services.clock.now(), LOCAL)
            diff = replace(diff_list(current, plan.entries), retracted=())
            await apply_diff(records, services.clock, LOCAL, diff, current)
            await publish_recommendations(records, services, [*diff.added, *diff.changed])
        else:
            diff = await apply_list(records, services.clock, plan.source, plan.entries, may_shrink=may_shrink)
        await note(records, services.clock, Deed.IMPORT, plan.source, describe_diff(diff), author)
    return await settle(services)


def guess_format(name: str, body: bytes) -> str:
    """The format that a file looks like, by its name and how it begins."""
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"[":
        return "gotosocial-json"
    if start == b"{":
        return "fires" if b"orderedItems" in body else "ai-robots-json"
    return "fediblockhole-csv" if name.lower().endswith(".csv") or b"," in body[:200] else "text"
