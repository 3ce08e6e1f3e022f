"""Appeals against the blocklist, and other people's lists that wait: what an admin has to decide."""

from typing import Final

from quart import Blueprint
from quart.typing import ResponseReturnValue

from activitypub.identifiers import read_pk
from cara_fed.accounts.create_artist import Role
from cara_fed.blocklist.appeals import answer_appeal
from cara_fed.blocklist.entry_pages import EntryRef
from cara_fed.blocklist.holding import Held, apply_held, dismiss_held, find_held
from cara_fed.errors import InvalidInput, NotFound
from cara_fed.web.blocklist_views import AppealsPage, HeldCut, HeldListsPage, HeldListView, OpenAppeal
from cara_fed.web.house import services
from cara_fed.web.pages.admin.blocklist import describe
from cara_fed.web.parts import FormView
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import require_role
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _
from storage.appeals import Appeal
from storage.artists import Artist
from storage.records import Records

APPEALS, LISTS = "/admin/appeals", "/admin/lists"
KEYS_SHOWN: Final = 50
GRANT: Final = "grant"

room = Blueprint("appeals", __name__)


@room.get(APPEALS)
async def show_appeals() -> ResponseReturnValue:
    """Every appeal that waits for an answer."""
    _require_staff()
    return await show(await _build_appeals(FormView()))


@room.post(APPEALS)
async def answer() -> ResponseReturnValue:
    """Answer an appeal, for everybody to read."""
    admin, fields = _require_staff(), await read_fields()
    grant = fields.get("decision") == GRANT
    try:
        pk = read_pk(fields.get("appeal", "")) or 0
        enacted = await answer_appeal(services(), pk, grant=grant, answer=fields.get("answer", ""), author=admin.name)
    except (InvalidInput, NotFound) as refusal:
        return await show_invalid(await _build_appeals(form_again(fields, answer=str(refusal))))
    done = (
        _("The entry is taken back. %(effects)s", effects=describe(enacted))
        if grant
        else _("The entry stays, and the answer stands by it.")
    )
    return await go(APPEALS, done)


@room.get(LISTS)
async def show_lists() -> ResponseReturnValue:
    """Every list that waits, with what it would change."""
    _require_staff()
    return await show(HeldListsPage(tuple(_view_held(held) for held in await find_held(services()))))


@room.post(f"{LISTS}/apply")
async def apply() -> ResponseReturnValue:
    """Put a list in force."""
    admin = _require_staff()
    url = (await read_fields()).get("url", "")
    enacted = await apply_held(services(), url, admin.name)
    return await go(LISTS, _("%(url)s is in force. %(effects)s", url=url, effects=describe(enacted)))


@room.post(f"{LISTS}/dismiss")
async def dismiss() -> ResponseReturnValue:
    """Leave a list as it was."""
    admin = _require_staff()
    url = (await read_fields()).get("url", "")
    await dismiss_held(services(), url, admin.name)
    return await go(LISTS, _("%(url)s stays as it was.", url=url))


def _require_staff() -> Artist:
    return require_role(Role.ADMIN, Role.MODERATOR)


async def _build_appeals(form: FormView) -> AppealsPage:
    async with services().database.reading() as records:
        rows = await records.appeals.find_page()
        return AppealsPage(tuple([await _view_appeal(records, row) for row in rows]), form)


async def _view_appeal(records: Records, row: Appeal) -> OpenAppeal:
    entry = await records.blocklist.find(row.entry_kind, row.entry_key)
    ref = EntryRef(row.entry_key if row.entry_kind == "domain" or entry is None else str(entry.pk))
    return OpenAppeal(row.pk, row.entry_key, ref.path, row.content, row.contact, row.created_at)


def _view_held(held: Held) -> HeldListView:
    diff = held.diff
    return HeldListView(
        url=held.url,
        held_at=held.held_at,
        added=tuple(entry.key for entry in diff.added[:KEYS_SHOWN]),
        changed=tuple(entry.key for entry in diff.changed[:KEYS_SHOWN]),
        retracted=tuple(key for _, key in diff.retracted[:KEYS_SHOWN]),
        added_count=len(diff.added),
        changed_count=len(diff.changed),
        retracted_count=len(diff.retracted),
        cuts=tuple(HeldCut(cut.artist, cut.followers, cut.following, cut.requests) for cut in held.preview.cuts),
        waiting=tuple(key for _, key in sorted(held.preview.waiting)[:KEYS_SHOWN]),
        waiting_count=len(held.preview.waiting),
    )
