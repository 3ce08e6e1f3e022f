"""``cara-fed blocklist …``: listing, taking back, allowing, and looking at what that does."""

import argparse
from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from cara_fed.blocklist.allow import allow, disallow
from cara_fed.blocklist.enact import Enacted
from cara_fed.blocklist.entries import LOCAL, EntryLabel, EntryPolicy
from cara_fed.blocklist.list_entry import EntryDraft, list_entry, retract_entry
from cara_fed.commands.blocklist_lists import register as register_lists
from cara_fed.commands.common import Arguments, Subcommands, add_command, add_group, hint, opened, say
from storage.blocklist import BlocklistAllow, BlocklistEntry

POLICIES = (EntryPolicy.REJECT, EntryPolicy.DROP, EntryPolicy.FILTER)


def register(subcommands: Subcommands) -> None:
    """Add the commands."""
    group = add_group(subcommands, "blocklist", "who is refused, and why")
    _register_add(group)
    remove = add_command(group, "remove", "take back what was listed here", run_remove)
    remove.add_argument("entry", metavar="ENTRY")
    remove.add_argument("--comment", default="", metavar="S", help="why; published with the retraction")
    _register_allow(group)
    shown = add_command(group, "list", "what is listed, by whom and why", run_list)
    shown.add_argument("--hits", action="store_true", help="how often each entry refused whom, and at which door")
    register_lists(group)


def _register_add(group: Subcommands) -> None:
    parser = add_command(group, "add", "list a domain or an actor's id", run_add)
    parser.add_argument("entry", metavar="ENTRY", help="a domain, which covers its subdomains, or an actor's id")
    parser.add_argument("--reason", required=True, metavar="S", help="why; other admins and the listed can read it")
    parser.add_argument("--label", type=EntryLabel, choices=tuple(EntryLabel), default=EntryLabel.TRAINING_HARVEST)
    parser.add_argument("--policy", type=EntryPolicy, choices=POLICIES, default=EntryPolicy.REJECT)
    parser.add_argument("--evidence", action="append", default=[], metavar="URL", help="a link; may be given again")
    parser.add_argument("--expires", type=_read_day, metavar="DATE", help="the first day without it, as 2027-01-31")


def _register_allow(group: Subcommands) -> None:
    parser = add_command(group, "allow", "let a domain or an actor in, whatever lists it", run_allow)
    parser.add_argument("entry", metavar="ENTRY")
    parser.add_argument("--reason", default="", metavar="S")
    parser.add_argument("--undo", action="store_true", help="allow it no longer")


async def run_add(arguments: Arguments) -> int:
    """List an entry, and say what that did to follows."""
    draft = EntryDraft(
        arguments.entry,
        arguments.reason,
        arguments.label,
        arguments.policy,
        tuple(arguments.evidence),
        arguments.expires,
    )
    async with opened(arguments) as services:
        listed = await list_entry(services, draft)
    say(f"listed {listed.key}{describe_enacted(listed.enacted)}")
    tell_what_is_final(listed.enacted)
    if listed.is_allowed:
        hint(f"{listed.key} is allowed here, and an allow wins: the entry has no effect on this instance.")
    return 0


async def run_remove(arguments: Arguments) -> int:
    """Take an entry back."""
    async with opened(arguments) as services:
        retracted = await retract_entry(services, arguments.entry, arguments.comment)
    say(f"{retracted.key} is listed here no longer{describe_enacted(retracted.enacted)}")
    for source in retracted.still_listed_by:
        hint(f"It is still listed by {source}: allow it to let it in all the same.")
    return 0


async def run_allow(arguments: Arguments) -> int:
    """Allow somebody, or with --undo no longer."""
    async with opened(arguments) as services:
        if arguments.undo:
            enacted = await disallow(services, arguments.entry)
        else:
            enacted = await allow(services, arguments.entry, arguments.reason)
    say(f"{arguments.entry} is {'allowed no longer' if arguments.undo else 'allowed'}{describe_enacted(enacted)}")
    tell_what_is_final(enacted)
    return 0


async def run_list(arguments: Arguments) -> int:
    """Print every active entry, ours first, then what is allowed; or the hits."""
    async with opened(arguments) as services, services.database.reading() as records:
        if arguments.hits:
            for found in await records.blocklist.find_with_hits(services.clock.now()):
                say(f"{found.hits}\t{_describe(found.entry)}")
                for each in await records.refusals.find_for_entry(found.entry.key) if found.hits else ():
                    say(f"\t{each.count}\t{each.door}\t{each.subject}\tlast {each.last_at:%Y-%m-%d %H:%M} UTC")
            return 0
        entries = await records.blocklist.find_active(services.clock.now())
        allows = await records.blocklist.find_allows()
    for line in (*_describe_entries(entries), *map(_describe_allow, allows)):
        say(line)
    return 0


def describe_enacted(enacted: Enacted) -> str:
    """What became of follows and deliveries, to be said after a colon."""
    parts = (
        (enacted.suspended, "follows suspended"),
        (enacted.resumed, "follows brought back"),
        (enacted.refused, "waiting requests refused"),
        (enacted.cancelled, "queued deliveries cancelled"),
    )
    said = ", ".join(f"{count} {what}" for count, what in parts if count)
    return f": {said}" if said else ""


def tell_what_is_final(enacted: Enacted) -> None:
    """Name the follows that nothing here can bring back."""
    for actor_id in enacted.final:
        hint(
            f"{actor_id} was sent a Reject, because its server receives the same artist's posts for other followers. "
            "That follow has ended there, and cannot be brought back from here."
        )


def _describe_entries(entries: Iterable[BlocklistEntry]) -> list[str]:
    return [_describe(entry) for entry in sorted(entries, key=lambda entry: (entry.source != LOCAL, entry.key))]


def _describe(entry: BlocklistEntry) -> str:
    until = f"\tuntil {entry.expires_at:%Y-%m-%d}" if entry.expires_at else ""
    return f"{entry.key}\t{entry.policy}\t{entry.label or '-'}\t{entry.source}\t{entry.reason}{until}"


def _describe_allow(allow_row: BlocklistAllow) -> str:
    return f"{allow_row.key}\tallow\t-\tlocal\t{allow_row.reason}"


def _read_day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a day, as 2027-01-31") from None
