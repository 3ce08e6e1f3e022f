"""Publishing drafts whose time has come: each once, whatever happens to the process that does it."""

import logging
from datetime import timedelta
from typing import Final

from cara_fed.errors import CaraFedError
from cara_fed.publishing.keep_draft import load_post
from cara_fed.publishing.publish_post import publish_post
from cara_fed.services import Services
from storage.drafts import DUE, OPEN, Draft
from storage.notifications import Notification

log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=60)
NOT_PUBLISHED: Final = "not_published"


async def publish_due_once(services: Services) -> bool:
    """Publish one draft that is due; whether there was any."""
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        claimed = await records.drafts.claim_due(now, now + LEASE)
        artist = await records.artists.get_by_pk(claimed.artist_pk) if claimed else None
    if claimed is None or artist is None:
        return False
    try:
        await publish_post(services, artist, load_post(claimed.post), draft_pk=claimed.pk)
    except CaraFedError as refusal:
        log.info("draft %s of %s was not published: %s", claimed.pk, artist.name, refusal)
        await _give_back(services, claimed, services.site.actor(artist.name), str(refusal))
    return True


async def _give_back(services: Services, draft: Draft, actor_id: str, why: str) -> None:
    """Let the artist see what was wrong, and change it."""
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        if await records.drafts.settle(draft.pk, (DUE,), state=OPEN, problem=why, publish_at=None, updated_at=now):
            row = Notification(
                pk=services.clock.new_pk(),
                artist_pk=draft.artist_pk,
                kind=NOT_PUBLISHED,
                actor_id=actor_id,
                object_id=str(draft.pk),
                created_at=now,
            )
            await records.notifications.add(row)
