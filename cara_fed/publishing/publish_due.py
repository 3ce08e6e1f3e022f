"""Publishing drafts whose time has come: each once, whatever happens to the process that does it."""

import logging
from datetime import timedelta
from typing import Final

from cara_fed.errors import CaraFedError
from cara_fed.publishing.hold_post import NOT_PUBLISHED, HeldForReview, hold_draft, tell
from cara_fed.publishing.keep_draft import load_post
from cara_fed.publishing.publish_post import publish_post
from cara_fed.publishing.treatments import treat_uploads, treatments_of
from cara_fed.services import Services
from storage.artists import Artist
from storage.drafts import DUE, OPEN, Draft

log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=60)


async def publish_due_once(services: Services) -> bool:
    """Publish one draft that is due; whether there was any."""
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        claimed = await records.drafts.claim_due(now, now + LEASE)
        artist = await records.artists.get_by_pk(claimed.artist_pk) if claimed else None
    if claimed is None or artist is None:
        return False
    post = load_post(claimed.post)
    if await treat_uploads(services, artist, treatments_of(post)):
        await _wait(services, claimed)
        return True
    try:
        is_reviewed = bool(claimed.reviewed_by)
        await publish_post(services, artist, post, draft_pk=claimed.pk, is_reviewed=is_reviewed)
    except HeldForReview as held:
        await hold_draft(services, artist, claimed.pk, post, str(held))
    except CaraFedError as refusal:
        log.info("draft %s of %s was not published: %s", claimed.pk, artist.name, refusal)
        await _give_back(services, claimed, artist, str(refusal))
    return True


async def _wait(services: Services, draft: Draft) -> None:
    """Let it go once its pictures are as they are wanted now: what the artist wants in general has changed."""
    async with services.database.unit_of_work() as records:
        await records.drafts.settle(draft.pk, (DUE,))


async def _give_back(services: Services, draft: Draft, artist: Artist, why: str) -> None:
    """Let the artist see what was wrong, and change it."""
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        if await records.drafts.settle(draft.pk, (DUE,), state=OPEN, problem=why, publish_at=None, updated_at=now):
            await tell(records, services.clock, services.site, artist, NOT_PUBLISHED, artist, str(draft.pk))
