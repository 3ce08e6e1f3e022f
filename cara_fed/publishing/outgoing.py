"""Sending out: an activity's row and its deliveries, in the transaction of what caused it."""

from activitypub.documents import Json, dump_document
from cara_fed.delivery.fan_out import FanOut, Recipients
from cara_fed.services import Services
from storage.outbox_log import OutboxActivity
from storage.records import Records


async def send_out(
    records: Records,
    services: Services,
    document: Json,
    recipients: Recipients,
    *,
    artist_pk: int | None,
    object_id: str,
    audience: str,
) -> int:
    """Record an activity and queue it for everybody it is for; how many deliveries.

    ``object_id`` is what it is about: a later activity about the same thing never overtakes it. Call
    :func:`wake_workers` once the transaction is over.
    """
    activity = OutboxActivity(
        pk=services.clock.new_pk(),
        activity_id=document["id"],
        artist_pk=artist_pk,
        activity_type=document["type"],
        object_id=object_id,
        body=dump_document(document),
        audience=audience,
        created_at=services.clock.now(),
    )
    return await FanOut.of(services).enqueue(records, activity, recipients)


def wake_workers(services: Services) -> None:
    """Let this process's workers look at once; those of others look within a second."""
    services.wake.deliveries.set()
    services.wake.inbox.set()
