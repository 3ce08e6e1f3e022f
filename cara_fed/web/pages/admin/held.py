"""Held work: what its own files say, what its artist says, and a decision."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.accounts.create_artist import Role
from cara_fed.errors import InvalidInput, NotFound
from cara_fed.publishing.hold_post import refuse, release
from cara_fed.web.draft_views import HeldPage, HeldWork
from cara_fed.web.drafting import read_number, read_uploads, show_line
from cara_fed.web.house import house, services
from cara_fed.web.parts import FormView
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import require_role
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.drafts import Draft
from storage.records import Records

PATH = "/admin/held"

room = Blueprint("held", __name__)


@room.get(PATH)
async def show_held() -> ResponseReturnValue:
    """Everything that waits."""
    _require_staff()
    return await show(await _build_page(FormView()))


@room.post(PATH)
async def decide() -> ResponseReturnValue:
    """Let one go out, or give it back with a reason."""
    moderator, fields = _require_staff(), await read_fields()
    pk = read_number(fields.get("draft", "")) or 0
    try:
        if fields.get("decision") == "release":
            await release(services(), moderator, pk)
            return await go(PATH, _("It goes out."))
        await refuse(services(), moderator, pk, fields.get("reason", ""))
    except (InvalidInput, NotFound) as refusal:
        return await show_invalid(await _build_page(form_again(fields, **{f"reason-{pk}": str(refusal)})))
    return await go(PATH, _("It is back with its artist, who reads why."))


def _require_staff() -> Artist:
    return require_role(Role.MODERATOR, Role.ADMIN)


async def _build_page(form: FormView) -> HeldPage:
    async with services().database.reading() as records:
        return HeldPage(tuple([await _build_work(records, draft) for draft in await records.drafts.find_held()]), form)


async def _build_work(records: Records, draft: Draft) -> HeldWork:
    artist = await records.artists.get_by_pk(draft.artist_pk)
    uploads = await read_uploads(records, artist, draft.pk)
    return HeldWork(house().gallery.byline(artist), show_line(draft, uploads), uploads, draft.appeal)
