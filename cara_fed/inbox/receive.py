"""Receiving: blocked? → authenticate → authorise → record; what it does to rows comes later, in a worker."""

from typing import Final

from activitypub.activities import Activity, read_activity
from activitypub.documents import Json, dump_document, parse_document
from activitypub.origins import IdRule
from activitypub.signatures import HttpRequest
from activitypub.synchronization import HEADER, read_synchronization
from cara_fed.blocklist.appeals import find_appealed
from cara_fed.blocklist.doors import door_of
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.federation.authentication import Authenticator, Sender, SenderUnknown, claimed_key_ids
from cara_fed.inbox.authority import require_own_activity, require_sender
from cara_fed.inbox.forwarding import Hints
from cara_fed.inbox.recording import InboxRecorder
from cara_fed.services import Services
from storage.inbox_log import InboxActivity

MOST_SYNCHRONIZATIONS: Final = 1000
MOST_OBJECTS_NOTED: Final = 5


class InboxReceiver:
    """Takes deliveries. One for each process."""

    def __init__(self, services: Services, authenticator: Authenticator) -> None:
        self._services = services
        self._authenticator = authenticator
        self._recorder = InboxRecorder(services)
        self._hints = Hints.of(services)
        self._rule = IdRule(allow_http=services.site.scheme == "http")
        self._max_bytes = services.config.federation.max_document_kib * 1024

    async def receive(self, request: HttpRequest, recipient: str | None = None) -> None:
        """Record the delivery, or raise what says why not: a ProtocolError, RefusedByBlocklist or BudgetSpent.

        `recipient` is the artist's name where it came to a personal inbox. What was received before, and the farewell
        of somebody who was never seen here, need nothing more and raise nothing.
        """
        activity = read_activity(parse_document(request.content, max_bytes=self._max_bytes))
        self._require_not_listed(activity, claimed_key_ids(request))
        if await self._is_strangers_farewell(activity):
            return
        sender = await self._authenticate(request, activity)
        self._require_not_listed(activity, (sender.actor_id,))
        hint = await self._read_hint(activity, sender)
        if hint is not None:
            await self._record(read_activity(hint), dump_document(hint), recipient)
            return
        require_sender(activity, sender.actor_id)
        require_own_activity(activity, self._services.site, self._rule)
        await self._record(activity, request.content, recipient)
        self._note_synchronization(request, sender.actor_id)

    async def _read_hint(self, activity: Activity, sender: Sender) -> Json | None:
        """What another's activity is taken for where its sender forwards it; None for the sender's own."""
        if activity.actor_id == sender.actor_id:
            return None
        require_own_activity(activity, self._services.site, self._rule)
        return await self._hints.read(activity, sender.actor_id, self._services.clock.now())

    def _require_not_listed(self, activity: Activity, claimants: tuple[str, ...]) -> None:
        if find_appealed(activity, self._services.site) is not None:
            return  # the listed may say that they should not be
        door = door_of(activity.activity_type)
        try:
            self._services.blocklist.require_not_listed(door, activity.actor_id, *claimants)
        except RefusedByBlocklist as refused:
            for object_id in activity.object_ids[:MOST_OBJECTS_NOTED]:
                self._services.ledger.note_visit(object_id, refused.subject, door, refused.listing)
            raise

    async def _is_strangers_farewell(self, activity: Activity) -> bool:
        """Servers tell everybody when an account ends; here it is mostly somebody never met, whose key is gone too."""
        if not _is_farewell(activity):
            return False
        async with self._services.database.reading() as records:
            return await records.remote_actors.find(activity.actor_id) is None

    async def _authenticate(self, request: HttpRequest, activity: Activity) -> Sender:
        try:
            return await self._authenticator.authenticate(request)
        except SenderUnknown as error:
            key_id = claimed_key_ids(request)[0]
            if not (error.gone and _is_farewell(activity) and _is_key_of(key_id, activity.actor_id)):
                raise
            # The key is gone with its owner, and their own server has just said so: that is the farewell.
            return Sender(activity.actor_id, key_id)

    async def _record(self, activity: Activity, body: bytes, recipient: str | None) -> None:
        now = self._services.clock.now()
        row = InboxActivity(
            pk=self._services.clock.new_pk(),
            activity_id=activity.activity_id,
            activity_type=activity.activity_type,
            object_type=next(iter(activity.object_types), ""),
            actor_id=activity.actor_id,
            body=body,
            recipient=recipient,
            received_at=now,
            due_at=now,
        )
        await self._recorder.record(row)

    def _note_synchronization(self, request: HttpRequest, actor_id: str) -> None:
        """Leave what the sender said of its followers to the worker; it comes again with every such post."""
        waiting, value = self._services.synchronizations, request.value(HEADER)
        stated = read_synchronization(value) if value else None
        if stated is not None and len(waiting) < MOST_SYNCHRONIZATIONS:
            waiting[actor_id] = stated
            self._services.wake.inbox.set()


def _is_farewell(activity: Activity) -> bool:
    return activity.activity_type == "Delete" and activity.object_id == activity.actor_id


def _is_key_of(key_id: str, actor_id: str) -> bool:
    """Whether the key's id is made from the actor's: with a fragment, or a path below it."""
    return key_id.partition("#")[0] == actor_id or key_id.startswith(f"{actor_id}/")
