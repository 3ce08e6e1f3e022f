"""Taking along what one made here: an archive of everything, and the list of whom one follows."""

from typing import Literal, cast

from quart import Blueprint, Response
from quart.typing import ResponseReturnValue

from cara_fed.errors import InvalidInput
from cara_fed.exports.lists import write_follows
from cara_fed.exports.worker import ask_export, may_ask
from cara_fed.web.errors import NothingHere
from cara_fed.web.house import services
from cara_fed.web.login_views import ArchiveView, ExportSettingsPage
from cara_fed.web.showing import go, show
from cara_fed.web.signed_in import require_even_suspended
from cara_fed.words.speech import _
from storage.exports import READY, Export

PATH = "/settings/export"

room = Blueprint("exports", __name__)


@room.get(PATH)
async def show_exports() -> ResponseReturnValue:
    """The archives that there are, and the button for another."""
    artist = require_even_suspended()
    async with services().database.reading() as records:
        rows = await records.exports.find_all(artist.pk)
        follows = await records.following.count(artist.pk)
    return await show(ExportSettingsPage(tuple(map(_view, rows)), follows, may_ask(services(), rows)))


@room.post(PATH)
async def ask() -> ResponseReturnValue:
    """Let one be made in the background."""
    try:
        await ask_export(services(), require_even_suspended())
    except InvalidInput as refusal:
        return await go(PATH, str(refusal), "refused")
    return await go(PATH, _("Your archive is being made. Come back in a while."))


@room.get(f"{PATH}/<pk:pk>.zip")
async def download(pk: int) -> ResponseReturnValue:
    """One archive, for whose it is and nobody else."""
    artist = require_even_suspended()
    async with services().database.reading() as records:
        found = {one.pk: one for one in await records.exports.find_all(artist.pk)}.get(pk)
    if found is None or found.state != READY or _is_over(found):
        raise NothingHere
    await services().media.size("private", found.file_name)  # raises NotFound before anything is sent
    pieces = services().media.stream("private", found.file_name)
    name = f"{artist.name}-{found.created_at:%Y-%m-%d}.zip"
    return _offer(Response(pieces, content_type="application/zip"), name, found.bytes)


@room.get(f"{PATH}/following_accounts.csv")
async def download_follows() -> ResponseReturnValue:
    """Whom one follows, as Mastodon imports it."""
    artist = require_even_suspended()
    async with services().database.reading() as records:
        text = await write_follows(records, services().site, artist)
    return _offer(Response(text, content_type="text/csv; charset=utf-8"), "following_accounts.csv", len(text.encode()))


def _offer(response: Response, name: str, size: int) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Length"] = str(size)
    response.headers["Cache-Control"] = "no-store"
    response.timeout = None  # gigabytes take a slow phone its time
    return response


def _view(row: Export) -> ArchiveView:
    state = cast(Literal["asked", "ready", "failed"], row.state)
    url = f"{PATH}/{row.pk}.zip" if row.state == READY and not _is_over(row) else ""
    return ArchiveView(state, row.created_at, url, row.bytes, row.expires_at)


def _is_over(row: Export) -> bool:
    return row.expires_at is not None and row.expires_at <= services().clock.now()
