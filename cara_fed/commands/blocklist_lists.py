"""``cara-fed blocklist refresh``, ``diff``, ``import`` and ``export``: other people's lists, and ours for them."""

import sys
from collections.abc import Iterable
from pathlib import Path

from cara_fed.blocklist.diffs import ListDiff
from cara_fed.blocklist.formats import EXPORTERS, PARSERS, Problem
from cara_fed.blocklist.import_file import ImportPlan, apply_import, guess_format, plan_import
from cara_fed.blocklist.previews import Cut, Preview
from cara_fed.blocklist.publish import export_entries
from cara_fed.blocklist.subscribe import preview_list, refresh_all
from cara_fed.blocklist.subscriptions import Refreshed
from cara_fed.commands.common import Arguments, Subcommands, add_command, opened, say
from cara_fed.commands.enacted import user_name
from cara_fed.errors import CaraFedError, InvalidInput

SHORT_NAMES = {"csv": "mastodon-csv", "json": "gotosocial-json", "txt": "text"}
SHOWN = 200


class ListsFailed(CaraFedError):
    """Some lists could not be refreshed; the others were."""


def register_lists(group: Subcommands) -> None:
    """Add the commands to the group ``blocklist``."""
    refresh = add_command(group, "refresh", "read every subscribed list now", run_refresh)
    refresh.add_argument("--may-shrink", action="store_true", help="believe a list that lost most of its entries")
    diff = add_command(group, "diff", "what a list would change; nothing is changed", run_diff)
    diff.add_argument("url", metavar="URL")
    diff.add_argument("--format", choices=list(PARSERS), default=None, help="if it is not among the subscriptions")
    _register_import(group)
    export = add_command(group, "export", "our own entries, for others", run_export)
    export.add_argument("--format", required=True, choices=[*SHORT_NAMES, *EXPORTERS])


def _register_import(group: Subcommands) -> None:
    parser = add_command(group, "import", "take a list from a file", run_import)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--format", choices=[*SHORT_NAMES, *PARSERS], default=None, help="if it is not what it looks like"
    )
    parser.add_argument("--ours", action="store_true", help="make the entries our own, which are published")
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")
    parser.add_argument("--may-shrink", action="store_true", help="believe a file that lost most of its entries")


async def run_refresh(arguments: Arguments) -> int:
    """Refresh all lists; a list that fails keeps what it had, and fails the command."""
    async with opened(arguments) as services:
        refreshed = await refresh_all(services, may_shrink=arguments.may_shrink)
    for each in refreshed:
        say(_describe_refreshed(each))
    if not refreshed:
        say("no list is subscribed to in instance.toml")
    failed = [each for each in refreshed if each.error]
    if failed:
        raise ListsFailed(
            f"{len(failed)} of {len(refreshed)} lists could not be read; first {failed[0].url}: {failed[0].error}"
        )
    return 0


async def run_diff(arguments: Arguments) -> int:
    """Print what subscribing to a list, or refreshing it, would change, and whose follows it would cut."""
    async with opened(arguments) as services:
        refreshed, preview = await preview_list(services, arguments.url, arguments.format)
    say_all(describe_diff(refreshed.diff))
    say_all(_describe_problems(refreshed.problems, refreshed.problem_count))
    say_all(describe_preview(preview))
    return 0


async def run_import(arguments: Arguments) -> int:
    """Import a file, or say what that would do."""
    try:
        body = arguments.file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{arguments.file} cannot be read: {error.strerror}") from error
    format_name = SHORT_NAMES.get(arguments.format, arguments.format) or guess_format(arguments.file.name, body)
    async with opened(arguments) as services:
        plan = await plan_import(services, arguments.file.name, body, format_name, ours=arguments.ours)
        _tell_plan(plan)
        if not arguments.dry_run:
            await apply_import(services, plan, may_shrink=arguments.may_shrink, author=user_name())
    return 0


async def run_export(arguments: Arguments) -> int:
    """Write our domain entries to stdout."""
    async with opened(arguments) as services:
        export = await export_entries(services, SHORT_NAMES.get(arguments.format, arguments.format))
    sys.stdout.write(export.body.decode())
    return 0


def _tell_plan(plan: ImportPlan) -> None:
    say_all(describe_diff(plan.diff))
    say_all(_describe_problems(plan.problems, plan.problem_count))
    say_all(map(describe_cut, plan.cuts))


def _describe_refreshed(each: Refreshed) -> str:
    if each.error:
        return f"{each.url}: {each.error}"
    if each.diff is None:
        return f"{each.url}: unchanged"
    done = "applied" if each.applied else "for review, nothing was changed"
    return f"{each.url}: {_count(each.diff)} ({done})"


def describe_diff(diff: ListDiff | None) -> Iterable[str]:
    """What a list adds, changes and retracts, a line each, and the counts."""
    if diff is None:
        return
    for sign, entries in (("+", diff.added), ("~", diff.changed)):
        for entry in entries[:SHOWN]:
            yield f"{sign} {entry.key}\t{entry.policy}\t{entry.reason}"
    for _, key in diff.retracted[:SHOWN]:
        yield f"- {key}"
    yield _count(diff)


def _count(diff: ListDiff) -> str:
    return (
        f"{len(diff.added)} added, {len(diff.changed)} changed, {len(diff.retracted)} retracted, "
        f"{diff.unchanged} unchanged"
    )


def _describe_problems(problems: Iterable[Problem], count: int) -> Iterable[str]:
    for problem in problems:
        yield f"left out, line {problem.line}: {problem.text}: {problem.reason}"
    if count:
        yield f"{count} entries could not be read"


def describe_preview(preview: Preview) -> Iterable[str]:
    """What would not count yet, and what artists would lose."""
    for _, key in sorted(preview.waiting)[:SHOWN]:
        yield f"? {key}\twould not count: fewer than {preview.threshold} lists have it"
    if len(preview.waiting) > SHOWN:
        yield f"{len(preview.waiting)} entries would not count: fewer than {preview.threshold} lists have them"
    yield from map(describe_cut, preview.cuts)


def describe_cut(cut: Cut) -> str:
    """What one artist would lose."""
    return f"{cut.artist} loses {cut.followers} followers, {cut.following} followed, {cut.requests} requests"


def say_all(lines: Iterable[str]) -> None:
    """Print each line."""
    for line in lines:
        say(line)
