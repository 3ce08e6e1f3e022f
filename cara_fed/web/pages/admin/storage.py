"""What pictures take, by artist, and how long that can go on."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.accounts.create_artist import Role
from cara_fed.moderation.storage_use import measure_storage
from cara_fed.web.house import house, services
from cara_fed.web.moderation_views import StoragePage, UseView
from cara_fed.web.showing import show
from cara_fed.web.signed_in import require_role

room = Blueprint("storage", __name__)


@room.get("/admin/storage")
async def show_storage() -> ResponseReturnValue:
    """Every artist, those with the most first."""
    require_role(Role.ADMIN)
    report = await measure_storage(services())
    gallery = house().gallery
    uses = tuple(
        UseView(gallery.byline(row.artist), row.use.pictures, row.use.bytes, row.use.lately, row.sent)
        for row in report.artists
    )
    return await show(
        StoragePage(uses, report.total, report.lately, report.free, report.days_left, report.sent, report.monthly)
    )
