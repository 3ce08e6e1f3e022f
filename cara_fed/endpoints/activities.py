"""Activities that have an address of their own, for whoever received one and asks whether it is so."""

from activitypub.audience import Visibility
from activitypub.identifiers import ActivityRef
from cara_fed.asgi import Answer
from cara_fed.endpoints.actors import cache_header, find_artist, headers_of
from cara_fed.endpoints.answers import answer_document
from cara_fed.endpoints.calls import Call
from cara_fed.endpoints.gate import Gate, Viewer
from cara_fed.endpoints.refusals import Gone, NotHere
from cara_fed.endpoints.shown_posts import FOR_EVERYONE
from cara_fed.services import Services
from cara_fed.translate.opt_outs import effective_opt_out, signals_for
from storage.artists import Artist
from storage.outbox_log import OutboxActivity
from storage.records import Records


class Activities:
    """Serves `/users/NAME/activities/ID`, for as long as what was sent is remembered."""

    def __init__(self, services: Services, gate: Gate) -> None:
        self._services = services
        self._gate = gate

    async def activity(self, call: Call) -> Answer:
        """The activity as it was sent; 404 where it is not for the one who asks, 410 once it was taken back.

        So it is, too, where it carries a post that was deleted.
        """
        named = call.located_as(ActivityRef)
        viewer = await self._gate.admit(call.request)
        async with self._services.database.reading() as records:
            artist = await find_artist(records, named.name)
            row = await records.outbox_log.find(self._services.site.activity(artist.name, named.pk))
            if row is None or row.artist_pk != artist.pk or not await _may_see(records, viewer, row):
                raise NotHere
            if await _is_over(records, row):
                raise Gone
        return self._answer(row, artist, viewer)

    def _answer(self, row: OutboxActivity, artist: Artist, viewer: Viewer) -> Answer:
        default = self._services.config.opt_out.default
        said = signals_for(effective_opt_out(default, artist), self._services.site, default)
        body = self._services.capabilities.substitute(row.body, viewer.host_number)
        return answer_document(body, cache_header(viewer), *headers_of(said))


async def _may_see(records: Records, viewer: Viewer, row: OutboxActivity) -> bool:
    """Whether the activity is for the one who asks: for everyone, or among what its server was sent."""
    if row.audience in FOR_EVERYONE:
        return True
    if viewer.netloc is None or row.artist_pk is None:
        return False
    if row.audience == Visibility.FOLLOWERS and await records.followers.has_any_at(row.artist_pk, viewer.netloc):
        return True
    return await records.deliveries.was_for(row.pk, viewer.netloc)


async def _is_over(records: Records, row: OutboxActivity) -> bool:
    """Whether it was undone since, or the post that it carries was deleted."""
    if any(later.activity_type == "Undo" for later in await records.outbox_log.find_for_object(row.activity_id)):
        return row.activity_type != "Undo"
    if row.activity_type != "Update" or row.object_id is None:
        return False
    post = await records.posts.find(row.object_id)
    return post is not None and post.deleted_at is not None
