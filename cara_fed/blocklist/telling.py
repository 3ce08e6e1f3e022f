"""Telling artists what the blocklist did to their follows, in the transaction that did it."""

from collections.abc import Sequence

from cara_fed.clock import Clock
from storage.follows import ACCEPTED
from storage.notifications import Notification
from storage.records import Records
from storage.severances import Severance

LOST, BACK = "follow_lost", "follow_back"


async def tell_of_severances(records: Records, clock: Clock, severances: Sequence[Severance]) -> None:
    """A notification for each follow that was cut, or came back; the newer takes the place of the older."""
    for severance in severances:
        kind, other = (BACK, LOST) if severance.state == ACCEPTED else (LOST, BACK)
        await records.notifications.take_back(other, severance.actor_id, severance.side)
        row = Notification(
            pk=clock.new_pk(),
            artist_pk=severance.artist_pk,
            kind=kind,
            actor_id=severance.actor_id,
            object_id=severance.side,
            created_at=severance.made_at,
        )
        await records.notifications.add(row)
