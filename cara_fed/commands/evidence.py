"""``cara-fed evidence``: where a post and its pictures went, and the signed file that proves it."""

from pathlib import Path

from cara_fed.commands.common import Arguments, Subcommands, add_command, add_group, find_post, opened, say
from cara_fed.errors import InvalidInput
from cara_fed.evidence.access_logs import read_log_file
from cara_fed.evidence.collecting import THE_WEB, PostEvidence, collect_evidence
from cara_fed.evidence.document import THE_PUBLIC
from cara_fed.evidence.files import make_evidence_file
from cara_fed.evidence.verifying import verify_evidence

POST_HELP = "the post's id, its page's address, or the number in either"


def register(subcommands: Subcommands) -> None:
    """Add the commands."""
    group = add_group(subcommands, "evidence", "where a post and its pictures went, and what proves it")
    show = add_command(group, "show", "which servers got a post, took its pictures, or were refused", run_show)
    show.add_argument("post", metavar="ID", help=POST_HELP)
    export = add_command(group, "export", "write the signed evidence file, as JSON and as a page", run_export)
    export.add_argument("post", metavar="ID", help=POST_HELP)
    export.add_argument("--output", type=Path, default=Path(), metavar="FOLDER", help="where to (default: here)")
    verify = add_command(group, "verify", "check an evidence file: its signature, its key, its timestamp", run_verify)
    verify.add_argument("file", type=Path, metavar="FILE")
    read = add_command(group, "read-log", "count what a web server's access log says of pictures", run_read_log)
    read.add_argument("file", type=Path, metavar="FILE")


async def run_show(arguments: Arguments) -> int:
    """Print it, a line each."""
    async with opened(arguments) as services:
        evidence = await collect_evidence(services, await find_post(services, arguments.post))
    for line in _describe(evidence):
        say(line)
    return 0


async def run_export(arguments: Arguments) -> int:
    """Write both files, and say where they are; a timestamp that failed is told, and fails nothing."""
    async with opened(arguments) as services:
        file = await make_evidence_file(services, await find_post(services, arguments.post))
    for ending, content in (("json", file.as_json), ("html", file.as_html)):
        path = arguments.output / f"{file.name}.{ending}"
        _write(path, content)
        say(str(path))
    if file.warning:
        say(file.warning)
    return 0


async def run_verify(arguments: Arguments) -> int:
    """Say who signed a file and when, and what could not be shown."""
    async with opened(arguments) as services:
        verdict = await verify_evidence(services, _read(arguments.file))
    say(f"The signature is good: {verdict.instance} signed it on {verdict.signed_at} with {verdict.key_id}.")
    if verdict.dated_at:
        say(f"It existed on {verdict.dated_at}, by its timestamp.")
    for doubt in verdict.doubts:
        say(doubt)
    return 0


async def run_read_log(arguments: Arguments) -> int:
    """Count what is new in the log since it was last read."""
    async with opened(arguments) as services:
        counted = await read_log_file(services, arguments.file)
    say(f"{counted} requests for pictures were counted")
    return 0


def _describe(evidence: PostEvidence) -> list[str]:
    lines = [
        f"{sending.kind}\t{receipt.host}\t{receipt.state}\t{receipt.at:%Y-%m-%d %H:%M}\t{receipt.reason}"
        for sending in evidence.sendings
        for receipt in sending.to
    ]
    fetches = [fetch for shown in evidence.pictures for fetch in shown.fetches]
    for fetch in (*fetches, *evidence.earlier):
        host = THE_PUBLIC if fetch.host == THE_WEB else fetch.host
        who = f"{host} ({fetch.agent})" if fetch.agent else host
        lines.append(f"picture\t{who}\t{fetch.answer}\t{fetch.count} times, last {fetch.last_at:%Y-%m-%d %H:%M}")
    for visit in evidence.visits:
        answer = f"refused: {visit.entry_key} is listed: {visit.reason}" if visit.entry_key else "served"
        lines.append(f"{visit.door}\t{visit.host}\t{answer}\t{visit.count} times, last {visit.last_at:%Y-%m-%d %H:%M}")
    return lines or ["it went nowhere yet"]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}") from error
