"""Who changed whom this site refuses: the audit log, for those who run the place."""

from typing import Final

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from activitypub.identifiers import read_pk
from cara_fed.accounts.create_artist import Role
from cara_fed.web.blocklist_views import DeedView, HistoryPage
from cara_fed.web.house import services
from cara_fed.web.showing import show
from cara_fed.web.signed_in import require_role

PATH: Final = "/admin/history"
SHOWN: Final = 100

room = Blueprint("history", __name__)


@room.get(PATH)
async def show_history() -> ResponseReturnValue:
    """What was done, newest first."""
    require_role(Role.ADMIN, Role.MODERATOR)
    before = read_pk(request.args.get("before", ""))
    async with services().database.reading() as records:
        rows = await records.audit_log.find_page(before=before, limit=SHOWN + 1)
    deeds = tuple(DeedView(row.author, row.action, row.subject, row.detail, row.done_at) for row in rows[:SHOWN])
    older = f"{PATH}?before={rows[SHOWN - 1].pk}" if len(rows) > SHOWN else None
    return await show(HistoryPage(deeds, older))
