"""Who wants to join, in their own words."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from activitypub.identifiers import read_pk
from cara_fed.accounts.create_artist import Role
from cara_fed.moderation.applications import admit, turn_down
from cara_fed.web.house import services
from cara_fed.web.moderation_views import ApplicationsPage, ApplicationView
from cara_fed.web.showing import go, show
from cara_fed.web.signed_in import require_role
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _

PATH = "/admin/applications"

room = Blueprint("applications", __name__)


@room.get(PATH)
async def show_applications() -> ResponseReturnValue:
    """Everybody who waits for an answer."""
    require_role(Role.ADMIN)
    return await show(await _build())


@room.post(PATH)
async def decide() -> ResponseReturnValue:
    """Yes, which gives a link, or no, which says nothing."""
    admin, fields = require_role(Role.ADMIN), await read_fields()
    pk = read_pk(fields.get("application", "")) or 0
    if fields.get("decision") != "admit":
        await turn_down(services(), pk, admin)
        return await go(PATH, _("Turned down."))
    if (link := await admit(services(), pk, admin)) is None:
        return await go(PATH, _("The link is on its way to them by mail."))
    return await show(await _build(link), at=PATH)


async def _build(link: str = "") -> ApplicationsPage:
    async with services().database.reading() as records:
        rows = await records.applications.find_open()
    views = tuple(ApplicationView(row.pk, row.name, row.address, row.content, row.created_at) for row in rows)
    return ApplicationsPage(views, link, services().config.instance.joining == "application")
