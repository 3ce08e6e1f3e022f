"""``cara-fed blocklist``: who is refused here, why, and what came of it."""

import argparse
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from cara_fed.blocklist.allow import allow, disallow
from cara_fed.blocklist.bury import bury_entry
from cara_fed.blocklist.entries import LOCAL, EntryLabel, EntryPolicy
from cara_fed.blocklist.given import find_given
from cara_fed.blocklist.list_entry import EntryDraft, list_entry, retract_entry
from cara_fed.commands.blocklist_held import register_held
from cara_fed.commands.blocklist_lists import register_lists
from cara_fed.commands.common import Arguments, Subcommands, add_command, add_group, opened, say
from cara_fed.commands.enacted import tell_enacted, user_name
from cara_fed.services import Services
from storage.blocklist import BlocklistEntry, EntryWithHits
from storage.refusals import Refusal

POLICIES = (EntryPolicy.REJECT, EntryPolicy.DROP, EntryPolicy.FILTER)
SUBJECTS_SHOWN = 5
LOG_SHOWN = 200


def register(subcommands: Subcommands) -> None:
    """Add the commands."""
    group = add_group(subcommands, "blocklist", "whom this instance refuses")
    _register_add(group)
    remove = add_command(group, "remove", "take an entry back; what it suspended comes back", run_remove)
    remove.add_argument("entry", metavar="ENTRY")
    remove.add_argument("--reason", default="", metavar="S", help="why, for those who read our list")
    bury = add_command(group, "bury", "empty all that was published about an entry that was taken back", run_bury)
    bury.add_argument("entry", metavar="ENTRY")
    _register_allow(group)
    listing = add_command(group, "list", "every active entry", run_list)
    listing.add_argument("--hits", action="store_true", help="show what each refused, the busiest first")
    given = add_command(group, "given", "every picture address that a server was given, for a CDN's purge", run_given)
    given.add_argument("host", metavar="HOST")
    add_command(group, "log", "who changed the list, when, and how", run_log)
    register_lists(group)
    register_held(group)


def _register_add(group: Subcommands) -> None:
    parser = add_command(group, "add", "refuse a domain (with its subdomains) or an actor", run_add)
    parser.add_argument("entry", metavar="ENTRY", help="a domain, or an actor's id")
    parser.add_argument("--reason", required=True, metavar="S", help="why, in a sentence that is published")
    parser.add_argument("--label", choices=[str(label) for label in EntryLabel], default=EntryLabel.TRAINING_HARVEST)
    parser.add_argument("--policy", choices=[str(policy) for policy in POLICIES], default=EntryPolicy.REJECT)
    parser.add_argument("--evidence", action="append", default=[], metavar="URL", help="a page that shows it")
    parser.add_argument(
        "--expires", type=_read_expiry, default=None, metavar="DATE", help="the last day, as 2027-01-31"
    )


def _register_allow(group: Subcommands) -> None:
    parser = add_command(group, "allow", "let somebody in, whatever lists them", run_allow)
    parser.add_argument("entry", metavar="ENTRY")
    parser.add_argument("--reason", default="", metavar="S")
    parser.add_argument("--undo", action="store_true", help="let lists say again what they say")


async def run_add(arguments: Arguments) -> int:
    """List an entry; a running instance refuses from the next second on."""
    draft = EntryDraft(
        entry=arguments.entry,
        reason=arguments.reason,
        label=arguments.label,
        policy=arguments.policy,
        evidence=tuple(arguments.evidence),
        expires_at=arguments.expires,
        author=user_name(),
    )
    async with opened(arguments) as services:
        listed = await list_entry(services, draft)
    say(f"{listed.key} ({listed.kind}) is listed.")
    if listed.is_allowed:
        say("An allow keeps it from having any effect; see `cara-fed blocklist allow --undo`.")
    tell_enacted(listed.enacted)
    return 0


async def run_remove(arguments: Arguments) -> int:
    """Take an entry of ours back."""
    async with opened(arguments) as services:
        retracted = await retract_entry(services, arguments.entry, arguments.reason, user_name())
    say(f"{retracted.key} is no longer listed here.")
    for url in retracted.still_listed_by:
        say(f"It is still listed by {url}.")
    tell_enacted(retracted.enacted)
    return 0


async def run_bury(arguments: Arguments) -> int:
    """Publish tombstones in place of what was said about an entry."""
    async with opened(arguments) as services:
        buried = await bury_entry(services, arguments.entry, user_name())
    say(f"{buried} published changes about {arguments.entry} say nothing any more; its page is gone.")
    return 0


async def run_allow(arguments: Arguments) -> int:
    """Allow, or take an allow back."""
    async with opened(arguments) as services:
        if arguments.undo:
            enacted = await disallow(services, arguments.entry, user_name())
        else:
            enacted = await allow(services, arguments.entry, arguments.reason, user_name())
    say(f"{arguments.entry} is {'no longer ' if arguments.undo else ''}allowed in spite of every list.")
    tell_enacted(enacted)
    return 0


async def run_list(arguments: Arguments) -> int:
    """Print entries, with what they refused if asked."""
    async with opened(arguments) as services:
        lines = await _list_hits(services) if arguments.hits else await _list(services)
    for line in lines:
        say(line)
    return 0


async def run_given(arguments: Arguments) -> int:
    """Print the addresses, one a line."""
    async with opened(arguments) as services:
        for address in await find_given(services, arguments.host):
            say(address)
    return 0


async def run_log(arguments: Arguments) -> int:
    """Print the last changes of the list, newest first."""
    async with opened(arguments) as services, services.database.reading() as records:
        done = await records.audit_log.find_page(limit=LOG_SHOWN)
    for each in done:
        say(f"{each.done_at:%Y-%m-%d %H:%M}\t{each.author or '-'}\t{each.action}\t{each.subject}\t{each.detail}")
    return 0


async def _list(services: Services) -> Iterable[str]:
    now = services.clock.now()
    async with services.database.reading() as records:
        entries = await records.blocklist.find_active(now)
        allows = await records.blocklist.find_allows()
    shown = [_describe(entry) for entry in entries]
    return [*shown, *(f"{row.key}\tallowed\t{row.reason}" for row in allows)] or ["nothing is listed"]


async def _list_hits(services: Services) -> Iterable[str]:
    async with services.database.reading() as records:
        entries = await records.blocklist.find_with_hits(services.clock.now())
        refusals = {
            each.entry.key: await records.refusals.find_for_entry(each.entry.key) for each in entries if each.hits
        }
    lines = []
    for each in entries:
        lines.append(_describe_hits(each))
        lines.extend(_describe_refusals(refusals.get(each.entry.key, ())))
    return lines or ["nothing is listed"]


def _describe(entry: BlocklistEntry) -> str:
    source = "" if entry.source == LOCAL else f"\t(from {entry.source})"
    expiry = f"\tuntil {entry.expires_at:%Y-%m-%d %H:%M} UTC" if entry.expires_at else ""
    return f"{entry.key}\t{entry.policy}\t{entry.label}\t{entry.reason}{expiry}{source}"


def _describe_hits(each: EntryWithHits) -> str:
    last = f", last {each.last_hit_at:%Y-%m-%d %H:%M} UTC" if each.last_hit_at else ""
    return f"{each.hits}\trefusals{last}\t{_describe(each.entry)}"


def _describe_refusals(refusals: Sequence[Refusal]) -> Iterable[str]:
    for refusal in refusals[:SUBJECTS_SHOWN]:
        yield f"\t{refusal.count}\tat {refusal.door}\t{refusal.subject}"


def _read_expiry(text: str) -> datetime:
    """The end of a day, or an instant; without a time zone, UTC."""
    try:
        if len(text) == len("2027-01-31"):
            return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), UTC)
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("must be a date, as 2027-01-31") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
