"""`POST /inbox` and its like: within limits, rightly labelled, then to the receiver."""

from typing import Final

from activitypub.identifiers import CollectionRef
from cara_fed.asgi import Answer, read_body
from cara_fed.blocklist.entries import EntryPolicy
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.endpoints.calls import Call
from cara_fed.endpoints.refusals import Gone, NotHere, WrongContentType
from cara_fed.endpoints.requests import read_request
from cara_fed.federation.media_types import is_activity_type
from cara_fed.inbox.receive import InboxReceiver
from cara_fed.services import Services

BODY_SECONDS: Final = 30.0
ACCEPTED: Final = Answer(202)


class Inbox:
    """The shared inbox, the artists' and the instance's own: one way in for all."""

    def __init__(self, services: Services, receiver: InboxReceiver) -> None:
        self._services = services
        self._receiver = receiver
        self._max_bytes = services.config.federation.max_document_kib * 1024

    async def shared(self, call: Call) -> Answer:
        """`/inbox` and `/actor/inbox`."""
        return await self._receive(call, None)

    async def personal(self, call: Call) -> Answer:
        """`/users/NAME/inbox`: 404 for nobody's, 410 for that of an artist who left."""
        name = call.located_as(CollectionRef).name
        async with self._services.database.reading() as records:
            artist = await records.artists.find_even_deleted(name)
        if artist is None:
            raise NotHere
        if artist.deleted_at is not None:
            raise Gone
        return await self._receive(call, artist.name)

    async def _receive(self, call: Call, recipient: str | None) -> Answer:
        _require_content_type(call)
        body = await read_body(call.scope, call.receive, max_bytes=self._max_bytes, seconds=BODY_SECONDS)
        try:
            await self._receiver.receive(read_request(call.scope, call.site, body), recipient)
        except RefusedByBlocklist as error:
            if error.listing.policy is not EntryPolicy.DROP:
                raise
        return ACCEPTED


def _require_content_type(call: Call) -> None:
    """Raise WrongContentType for other than ActivityPub's own, and for what would have to be unpacked first."""
    if not is_activity_type(call.header(b"content-type"), profile_needed=False):
        raise WrongContentType("an inbox takes application/activity+json")
    if call.header(b"content-encoding").strip().lower() not in ("", "identity"):
        raise WrongContentType("an inbox takes bodies as they are, not compressed")
