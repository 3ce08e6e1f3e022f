"""What the blocklist did to an artist's follows: told to the artist, as a page and as CSV."""

import csv
import io
from collections.abc import Sequence
from typing import Final, Literal, cast

from quart import Blueprint, Response, request
from quart.typing import ResponseReturnValue

from activitypub.identifiers import read_pk
from cara_fed.web.blocklist_views import SeveredFollow, SeveredFollowsPage
from cara_fed.web.house import services
from cara_fed.web.showing import show
from cara_fed.web.signed_in import require_artist
from storage.severances import Severance

PATH: Final = "/settings/blocked-follows"
SHOWN, EXPORTED = 50, 100_000

room = Blueprint("severed_follows", __name__)


@room.get(PATH)
async def show_severed_follows() -> ResponseReturnValue:
    """Follows that were suspended, ended or brought back, newest first."""
    artist = require_artist()
    before = read_pk(request.args.get("before", ""))
    async with services().database.reading() as records:
        rows = await records.severances.find_page(artist.pk, before=before, limit=SHOWN + 1)
    older = f"{PATH}?before={rows[SHOWN - 1].pk}" if len(rows) > SHOWN else None
    return await show(SeveredFollowsPage(tuple(_view(row) for row in rows[:SHOWN]), older))


@room.get(f"{PATH}.csv")
async def export_severed_follows() -> ResponseReturnValue:
    """The same, all of it, for a spreadsheet."""
    artist = require_artist()
    async with services().database.reading() as records:
        rows = await records.severances.find_page(artist.pk, limit=EXPORTED)
    headers = {"content-disposition": 'attachment; filename="blocked-follows.csv"'}
    return Response(_write(rows), content_type="text/csv; charset=utf-8", headers=headers)


def _view(row: Severance) -> SeveredFollow:
    return SeveredFollow(
        actor_id=row.actor_id,
        side=cast(Literal["follower", "following"], row.side),
        state=cast(Literal["suspended", "rejected", "accepted"], row.state),
        key=row.entry_key,
        reason=row.reason,
        at=row.made_at,
    )


def _write(rows: Sequence[Severance]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("actor", "side", "state", "entry", "reason", "at"))
    for row in rows:
        writer.writerow((row.actor_id, row.side, row.state, row.entry_key, row.reason, row.made_at.isoformat()))
    return text.getvalue()
