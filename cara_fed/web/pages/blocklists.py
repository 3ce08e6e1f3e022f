"""The public blocklist: who is refused here and why, and how to appeal."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Literal, cast

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from cara_fed.accounts.limits import Limit, require_within
from cara_fed.blocklist.appeals import MAX_CONTACT, MAX_CONTENT, file_appeal
from cara_fed.blocklist.entries import LOCAL, EntryPolicy
from cara_fed.blocklist.entry_pages import LIST_PATH, EntryRef, find_own_entry, ref_of
from cara_fed.errors import InvalidInput, NotAllowed
from cara_fed.web.blocklist_views import AnsweredAppeal, AppealPage, ListedEntry, ScraperPage, ScrapersPage
from cara_fed.web.errors import NothingHere
from cara_fed.web.forms import FormInvalid, FormReader
from cara_fed.web.house import services, visitor
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.uploads import read_fields
from cara_fed.web.views import Head
from cara_fed.words.speech import _, later
from storage.appeals import Appeal
from storage.blocklist import BlocklistEntry

ENTRIES: Final = 200
APPEALS_BY_ADDRESS: Final = Limit("appeal from", 5, timedelta(hours=1))
_THANKS: Final = later("Your appeal was filed. The answer will stand on this page.")

room = Blueprint("blocklists", __name__)


@room.get(LIST_PATH)
async def show_list() -> ResponseReturnValue:
    """Every entry of our own that is in force, by name."""
    _require_published()
    async with services().database.reading() as records:
        found = await records.blocklist.find_active(services().clock.now(), LOCAL)
    entries = sorted((each for each in found if each.policy != EntryPolicy.ADVISORY), key=lambda each: each.key)
    first = max(request.args.get("from", 0, type=int), 0)
    more = f"{LIST_PATH}?from={first + ENTRIES}" if len(entries) > first + ENTRIES else None
    shown = tuple(view_entry(each) for each in entries[first : first + ENTRIES])
    return await show(ScrapersPage(_head(LIST_PATH), shown, len(entries), more))


@room.get(f"{LIST_PATH}/<ref>")
async def show_entry(ref: str) -> ResponseReturnValue:
    """One entry with its evidence and what was answered to appeals."""
    entry, appeals = await _get_entry(ref)
    view = view_entry(entry)
    return await show(ScraperPage(_head(view.url), view, tuple(_view_appeal(appeal) for appeal in appeals)))


@room.get(f"{LIST_PATH}/<ref>/appeal")
async def show_appeal_form(ref: str) -> ResponseReturnValue:
    """The form for an appeal."""
    entry, _appeals = await _get_entry(ref)
    return await show(AppealPage(view_entry(entry)))


@room.post(f"{LIST_PATH}/<ref>/appeal")
async def appeal(ref: str) -> ResponseReturnValue:
    """File an appeal; anybody may, signed in or not."""
    entry, _appeals = await _get_entry(ref)
    fields, view = await read_fields(), view_entry(entry)
    try:
        content, contact = _read_form(FormReader(fields))
        await require_within(services(), (APPEALS_BY_ADDRESS, visitor().address))
        await file_appeal(services(), ref_of(entry), content, contact)
    except FormInvalid as invalid:
        return await show_invalid(AppealPage(view, invalid.view))
    except (InvalidInput, NotAllowed) as refusal:
        return await show_invalid(AppealPage(view, form_again(fields, content=str(refusal))))
    return await go(view.url, _(_THANKS))


def view_entry(entry: BlocklistEntry) -> ListedEntry:
    """An entry as everybody may read it: all of it but who listed it."""
    now = services().clock.now()
    expired = entry.expires_at if entry.expires_at is not None and entry.expires_at <= now else None
    return ListedEntry(
        key=entry.key,
        url=ref_of(entry).path,
        label=entry.label,
        policy=entry.policy,
        reason=entry.reason,
        since=entry.created_at,
        evidence=tuple(entry.evidence),
        expires_at=entry.expires_at,
        ended_at=entry.retracted_at or expired,
    )


def _read_form(reader: FormReader) -> tuple[str, str]:
    content = reader.text("content", limit=MAX_CONTENT, required=_("Say why the entry is wrong."))
    contact = reader.line("contact", limit=MAX_CONTACT)
    reader.finish()
    return content, contact


def _require_published() -> None:
    if not services().config.blocklist.publish:
        raise NothingHere


async def _get_entry(ref: str) -> tuple[BlocklistEntry, Sequence[Appeal]]:
    _require_published()
    async with services().database.reading() as records:
        entry = await find_own_entry(records, EntryRef(ref))
        if entry is None:
            raise NothingHere
        return entry, await records.appeals.find_for_entry(entry.kind, entry.key)


def _view_appeal(row: Appeal) -> AnsweredAppeal:
    state = cast(Literal["open", "granted", "refused"], row.state)
    return AnsweredAppeal(row.created_at, state, row.answer, row.answered_at)


def _head(path: str) -> Head:
    return Head(f"{services().site.base}{path}")
