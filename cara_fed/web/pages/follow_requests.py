"""Who asks to follow an artist, and the artist's answer."""

from collections.abc import Sequence

from quart import Blueprint
from quart.typing import ResponseReturnValue

from activitypub.identifiers import ArtistRef
from cara_fed.publishing.answer_follower import accept_follower, reject_follower
from cara_fed.web.account_views import FollowRequest, FollowRequestsPage
from cara_fed.web.house import house, services
from cara_fed.web.parts import Byline
from cara_fed.web.showing import go, show
from cara_fed.web.signed_in import require_artist
from cara_fed.web.uploads import read_fields
from cara_fed.web.walls import read_before
from cara_fed.words.speech import _
from storage.follows import PENDING, Follower
from storage.records import Records

PATH = "/follow-requests"
REQUESTS = 40

room = Blueprint("follow_requests", __name__, url_prefix=PATH)


@room.get("")
async def show_requests() -> ResponseReturnValue:
    """Everybody who asks."""
    artist, before = require_artist(), read_before()
    async with services().database.reading() as records:
        rows = await records.followers.find_page(artist.pk, PENDING, before=before, limit=REQUESTS)
        people = await _find_people(records, rows)
    asked = tuple(
        FollowRequest(people.get(row.actor_id) or Byline(row.actor_id, row.actor_id), row.actor_id, row.created_at)
        for row in rows
    )
    older_url = f"{PATH}?before={rows[-1].pk}" if len(rows) == REQUESTS else None
    return await show(FollowRequestsPage(asked, artist.manually_approves, older_url))


@room.post("/accept")
async def accept() -> ResponseReturnValue:
    """Let somebody follow."""
    await accept_follower(services(), require_artist(), (await read_fields()).get("actor_id", ""))
    return await go(PATH, _("They follow you now."))


@room.post("/reject")
async def reject() -> ResponseReturnValue:
    """Refuse somebody."""
    await reject_follower(services(), require_artist(), (await read_fields()).get("actor_id", ""))
    return await go(PATH, _("Refused. Their server is told."))


async def _find_people(records: Records, rows: Sequence[Follower]) -> dict[str, Byline]:
    gallery, site = house().gallery, services().site
    ids = [row.actor_id for row in rows]
    people = {
        actor_id: gallery.remote_byline(actor)
        for actor_id, actor in (await records.remote_actors.find_many(set(ids))).items()
    }
    for actor_id in ids:
        located = site.locate(actor_id)
        if isinstance(located, ArtistRef) and (artist := await records.artists.find(located.name)):
            people[actor_id] = gallery.byline(artist)
    return people
