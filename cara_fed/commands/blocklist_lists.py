"""``cara-fed blocklist refresh, diff, apply, import, export``: whole lists, other people's and our own."""

import sys
from pathlib import Path

from cara_fed.blocklist.diffs import ListDiff
from cara_fed.blocklist.enact import settle
from cara_fed.blocklist.formats import EXPORTERS, PARSERS, Problem, exportable
from cara_fed.blocklist.import_file import apply_import, guess_format, plan_import
from cara_fed.blocklist.previews import Cut, preview_cuts
from cara_fed.blocklist.subscribe import preview_list, refresh_all
from cara_fed.blocklist.subscriptions import Refreshed
from cara_fed.commands.common import Arguments, Subcommands, add_command, hint, opened, say
from cara_fed.errors import InvalidInput

SHOWN = 40


def register(group: Subcommands) -> None:
    """Add the commands to ``blocklist``."""
    refresh = add_command(group, "refresh", "fetch the subscribed lists now", run_refresh)
    refresh.add_argument("--may-shrink", action="store_true", help="believe a list that lost more than half")
    diff = add_command(group, "diff", "what a list would change, and whose follows it would cut", run_diff)
    diff.add_argument("url", metavar="URL")
    diff.add_argument("--format", choices=tuple(PARSERS), help="needed unless the list is subscribed to")
    _register_import(group)
    export = add_command(group, "export", "write our own entries on standard output", run_export)
    export.add_argument("--format", choices=tuple(EXPORTERS), required=True)


def _register_import(group: Subcommands) -> None:
    parser = add_command(group, "import", "say what a file would change, then apply it", run_import)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--format", choices=tuple(PARSERS), help="guessed where it is not given")
    parser.add_argument("--ours", action="store_true", help="make them our own entries, which are published")
    parser.add_argument("--dry-run", action="store_true", help="only say it")
    parser.add_argument("--may-shrink", action="store_true", help="believe a file that lost more than half")


async def run_refresh(arguments: Arguments) -> int:
    """Fetch every list; 1 where one of them failed."""
    async with opened(arguments) as services:
        results = await refresh_all(services, may_shrink=arguments.may_shrink)
        await settle(services)
    for refreshed in results:
        say(f"{refreshed.url}: {describe_refreshed(refreshed)}")
    if not results:
        say("no list is subscribed to")
    return 1 if any(refreshed.error for refreshed in results) else 0


async def run_diff(arguments: Arguments) -> int:
    """Fetch one list and print what it would change; nothing is."""
    async with opened(arguments) as services:
        refreshed, rows = await preview_list(services, arguments.url, arguments.format)
        cuts = await preview_cuts(services, rows)
    _say_diff(refreshed.diff or ListDiff(), cuts)
    _hint_problems(refreshed.problems, refreshed.problem_count)
    return 0


async def run_import(arguments: Arguments) -> int:
    """Print the difference, and apply it unless only the difference was asked for."""
    try:
        body = arguments.file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{arguments.file} cannot be read: {error.strerror}") from error
    name = arguments.file.name
    format = arguments.format or guess_format(name, body)
    async with opened(arguments) as services:
        plan = await plan_import(services, name, body, format, ours=arguments.ours)
        _say_diff(plan.diff, plan.cuts)
        _hint_problems(plan.problems, plan.problem_count)
        if not arguments.dry_run:
            await apply_import(services, plan, may_shrink=arguments.may_shrink)
    say("nothing was applied" if arguments.dry_run else f"applied as {plan.source}")
    return 0


async def run_export(arguments: Arguments) -> int:
    """Write the active domain entries that were made here."""
    async with opened(arguments) as services, services.database.reading() as records:
        entries = await records.blocklist.find_active(services.clock.now())
        body = EXPORTERS[arguments.format](exportable(entries, services.clock.now()))
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()
    return 0


def describe_refreshed(refreshed: Refreshed) -> str:
    """One line about the reading of a list."""
    if refreshed.error:
        return f"failed: {refreshed.error}"
    diff = refreshed.diff
    if diff is None:
        return "not changed since the last time"
    counts = f"{len(diff.added)} added, {len(diff.changed)} changed, {len(diff.retracted)} retracted"
    unread = f", {refreshed.problem_count} could not be read" if refreshed.problem_count else ""
    return f"{counts}{unread}{'' if refreshed.applied else '; held for review'}"


def _say_diff(diff: ListDiff, cuts: tuple[Cut, ...]) -> None:
    added = [f"+ {entry.key}\t{entry.policy}\t{entry.reason}" for entry in diff.added]
    changed = [f"~ {entry.key}\t{entry.policy}\t{entry.reason}" for entry in diff.changed]
    retracted = [f"- {key}" for _, key in diff.retracted]
    for lines in (added, changed, retracted):
        for line in lines[:SHOWN]:
            say(line)
        if len(lines) > SHOWN:
            say(f"  … and {len(lines) - SHOWN} more")
    say(f"{len(added)} added, {len(changed)} changed, {len(retracted)} retracted, {diff.unchanged} as before")
    for cut in cuts:
        say(f"@{cut.artist} would lose {cut.followers} followers, {cut.following} followed, {cut.requests} requests")
    if not cuts:
        say("no follow would be cut")


def _hint_problems(problems: tuple[Problem, ...], count: int) -> None:
    for problem in problems[:SHOWN]:
        hint(f"left out, line {problem.line}: {problem.text}: {problem.reason}")
    if count > SHOWN:
        hint(f"… and {count - SHOWN} more")
