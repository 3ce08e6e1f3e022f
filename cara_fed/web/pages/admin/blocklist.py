"""Who is refused here: what lists them, what that did, and the form for listing somebody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, cast

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from cara_fed.accounts.create_artist import Role
from cara_fed.blocklist.allow import allow, disallow
from cara_fed.blocklist.bury import bury_entry
from cara_fed.blocklist.enact import Enacted
from cara_fed.blocklist.entries import EntryKind
from cara_fed.blocklist.list_entry import EntryDraft, list_entry, retract_entry
from cara_fed.blocklist.subscribe import refresh_all
from cara_fed.blocklist.weighing import is_ours
from cara_fed.errors import InvalidInput, NotAllowed, NotFound
from cara_fed.web.blocklist_form import BlocklistForm, read_blocklist_form
from cara_fed.web.forms import FormInvalid
from cara_fed.web.house import services
from cara_fed.web.parts import FormView
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import require_role
from cara_fed.web.studio_views import BlocklistEntry, BlocklistPage, Subscription
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _, ngettext
from storage.artists import Artist
from storage.blocklist import EntryWithHits
from storage.subscriptions import Subscription as SubscriptionRow

ENTRIES = 100
PATH = "/admin/blocklist"
_SHOWN = (EntryKind.DOMAIN, EntryKind.ACTOR)

room = Blueprint("blocklist", __name__)


@dataclass(frozen=True, slots=True)
class _Rows:
    entries: Sequence[EntryWithHits]
    total: int
    allowed: frozenset[str]
    subscriptions: Sequence[SubscriptionRow]


@room.get(PATH)
async def show_blocklist() -> ResponseReturnValue:
    """Every entry, the busiest first, and the subscriptions."""
    _require_staff()
    return await show(await _build_page(FormView()))


@room.post(PATH)
async def add() -> ResponseReturnValue:
    """List a domain or an actor."""
    admin, fields = _require_staff(), await read_fields()
    try:
        listed = await list_entry(services(), _read_draft(read_blocklist_form(fields), admin))
    except FormInvalid as invalid:
        return await show_invalid(await _build_page(invalid.view))
    except InvalidInput as refusal:
        return await show_invalid(await _build_page(form_again(fields, entry=str(refusal))))
    return await go(
        PATH,
        _("%(key)s is listed. %(effects)s", key=listed.key, effects=describe(listed.enacted)),
        _kind_of(listed.enacted),
    )


@room.post(f"{PATH}/remove")
async def remove() -> ResponseReturnValue:
    """Take an entry of our own back."""
    admin = _require_staff()
    retracted = await retract_entry(services(), await _read_entry(), author=admin.name)
    return await go(
        PATH,
        _("%(key)s is no longer listed here. %(effects)s", key=retracted.key, effects=describe(retracted.enacted)),
    )


@room.post(f"{PATH}/fetch")
async def fetch() -> ResponseReturnValue:
    """Fetch the subscribed lists now, whenever they are due."""
    _require_staff()
    refreshed = await refresh_all(services())
    failed = sum(bool(one.error) for one in refreshed)
    if failed:
        told = ngettext("%(num)s list could not be fetched.", "%(num)s lists could not be fetched.", failed)
        return await go(PATH, told, "warning")
    return await go(PATH, ngettext("%(num)s list was fetched.", "%(num)s lists were fetched.", len(refreshed)))


@room.post(f"{PATH}/bury")
async def bury() -> ResponseReturnValue:
    """Empty all that was published about an entry that was taken back."""
    admin, entry = require_role(Role.ADMIN), await _read_entry()
    try:
        buried = await bury_entry(services(), entry, admin.name)
    except (NotAllowed, NotFound) as refusal:
        return await go(PATH, str(refusal), "warning")
    return await go(
        PATH,
        ngettext(
            "%(num)s published change about %(entry)s says nothing any more. The page is gone.",
            "%(num)s published changes about %(entry)s say nothing any more. The page is gone.",
            buried,
            entry=entry,
        ),
    )


@room.post(f"{PATH}/allow")
async def let_in() -> ResponseReturnValue:
    """Let somebody in, whatever lists them."""
    admin, entry = _require_staff(), await _read_entry()
    enacted = await allow(services(), entry, author=admin.name)
    return await go(PATH, _("%(entry)s is allowed here. %(effects)s", entry=entry, effects=describe(enacted)))


@room.post(f"{PATH}/forbid")
async def shut_out() -> ResponseReturnValue:
    """Let the lists decide again."""
    admin, entry = _require_staff(), await _read_entry()
    enacted = await disallow(services(), entry, author=admin.name)
    return await go(
        PATH, _("%(entry)s is refused again. %(effects)s", entry=entry, effects=describe(enacted)), _kind_of(enacted)
    )


def describe(enacted: Enacted) -> str:
    """What a change of the list did to follows and to what was queued, in words."""
    return " ".join(_list_effects(enacted)) or _("Nobody here had to do with them.")


def _list_effects(enacted: Enacted) -> Iterator[str]:
    if number := enacted.suspended:
        yield ngettext("%(num)s follow was suspended.", "%(num)s follows were suspended.", number)
    if number := enacted.resumed:
        yield ngettext("%(num)s follow is back.", "%(num)s follows are back.", number)
    if number := enacted.refused:
        yield ngettext("%(num)s waiting request was refused.", "%(num)s waiting requests were refused.", number)
    if number := enacted.cancelled:
        yield ngettext("%(num)s delivery was cancelled.", "%(num)s deliveries were cancelled.", number)
    if enacted.final:
        yield ngettext(
            "%(num)s follow ended for good, since their server is still sent to for others. "
            "This cannot be undone from here.",
            "%(num)s follows ended for good, since their server is still sent to for others. "
            "This cannot be undone from here.",
            len(enacted.final),
        )


def _kind_of(enacted: Enacted) -> Literal["done", "warning"]:
    return "warning" if enacted.final else "done"


def _require_staff() -> Artist:
    return require_role(Role.ADMIN, Role.MODERATOR)


async def _read_entry() -> str:
    return (await read_fields()).get("entry", "")


def _read_draft(form: BlocklistForm, admin: Artist) -> EntryDraft:
    return EntryDraft(
        entry=form.entry,
        reason=form.reason,
        label=form.label,
        policy=form.policy,
        evidence=form.evidence,
        expires_at=_end_of(form.expires) if form.expires else None,
        author=admin.name,
    )


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


async def _build_page(form: FormView) -> BlocklistPage:
    first = max(request.args.get("from", 0, type=int), 0)
    rows = await _read_rows(first)
    more = f"{PATH}?from={first + ENTRIES}" if rows.total > first + ENTRIES else None
    return BlocklistPage(
        entries=tuple(_build_entry(row, rows.allowed) for row in rows.entries),
        subscriptions=tuple(_build_subscription(row) for row in rows.subscriptions),
        total=rows.total,
        more_url=more,
        form=form,
    )


async def _read_rows(first: int) -> _Rows:
    # What this process refused is counted in memory first.
    await services().blocklist.flush()
    now = services().clock.now()
    async with services().database.reading() as records:
        entries = await records.blocklist.find_with_hits(now, kinds=_SHOWN, limit=ENTRIES, offset=first)
        total = await records.blocklist.count_active(now, _SHOWN)
        allowed = frozenset(row.key for row in await records.blocklist.find_allows())
        return _Rows(entries, total, allowed, await records.subscriptions.find_all())


def _build_entry(row: EntryWithHits, allowed: frozenset[str]) -> BlocklistEntry:
    entry = row.entry
    return BlocklistEntry(
        key=entry.key,
        kind="actor" if entry.kind == EntryKind.ACTOR else "domain",
        label=entry.label,
        policy=cast(Literal["reject", "drop", "filter"], entry.policy),
        reason=entry.reason,
        created_at=entry.created_at,
        source="" if is_ours(entry.source) else entry.source,
        evidence=tuple(entry.evidence),
        expires_at=entry.expires_at,
        allowed=entry.key in allowed,
        hits=row.hits,
        last_hit_at=row.last_hit_at,
    )


def _build_subscription(row: SubscriptionRow) -> Subscription:
    return Subscription(
        url=row.url,
        format=row.format,
        action="review" if row.action == "review" else "enforce",
        entry_count=row.entry_count,
        succeeded_at=row.succeeded_at,
        error=row.error or "",
    )
