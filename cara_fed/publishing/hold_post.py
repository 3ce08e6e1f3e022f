"""Holding work whose own files say that AI made it, where the house has such a rule; a person decides, no guess."""

from typing import Any, Final

from activitypub.identifiers import Site
from cara_fed.clock import Clock
from cara_fed.config import PostsSection
from cara_fed.errors import InvalidInput, NotFound
from cara_fed.publishing.drafts import PostDraft
from cara_fed.publishing.keep_draft import dump_post, get_own_draft
from cara_fed.services import Services
from cara_fed.words.speech import _
from cara_fed.words.writing import write_number
from storage.artists import Artist
from storage.attachments import Picture
from storage.audit_log import AuditRecord
from storage.drafts import DUE, HELD, OPEN, Draft
from storage.notifications import Notification
from storage.records import Records

HELD_KIND, RELEASED_KIND, NOT_PUBLISHED = "held", "released", "not_published"
MAX_APPEAL: Final = 2000
STAFF: Final = ("moderator", "admin")


class HeldForReview(InvalidInput):
    """The files of a post say that AI made them, and somebody of the house has to look; ``numbers`` says which."""

    def __init__(self, evidence: tuple[str, ...]) -> None:
        super().__init__(" ".join(evidence))
        self.evidence = evidence


def require_not_held(rules: PostsSection, pictures: tuple[Picture, ...]) -> None:
    """Raise HeldForReview where the house's rule meets a picture's own metadata. Their absence proves nothing."""
    if not rules.hold_ai_made:
        return
    told = tuple(
        _("Picture %(number)s: %(reason)s", number=number, reason=line["text"])
        for number, picture in enumerate(pictures, start=1)
        for line in picture.attachment.report
        if line.get("step") == "read_provenance" and _findings(line)
    )
    if told:
        raise HeldForReview(told)


async def hold_draft(services: Services, artist: Artist, pk: int, post: PostDraft, why: str) -> None:
    """Let a draft wait for somebody of the house, and tell them. Raises NotFound."""
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        draft = await get_own_draft(records, artist, pk, (OPEN, DUE))
        draft.state, draft.post, draft.problem, draft.updated_at = HELD, dump_post(post), why, now
        draft.lease_until = None
        for member in await records.artists.find_all():
            if member.role in STAFF:
                await tell(records, services.clock, services.site, member, HELD_KIND, artist, str(pk))


async def appeal(services: Services, artist: Artist, pk: int, words: str) -> None:
    """Let the artist say how it was made; those who decide read it. Raises InvalidInput or NotFound."""
    if len(words) > MAX_APPEAL:
        raise InvalidInput(_("At most %(limit)s characters fit here.", limit=write_number(MAX_APPEAL)))
    async with services.database.unit_of_work() as records:
        draft = await get_own_draft(records, artist, pk, (HELD,))
        draft.appeal = words.strip()


async def release(services: Services, moderator: Artist, pk: int) -> None:
    """Let a held post go out. Raises NotFound."""
    async with services.database.unit_of_work() as records:
        draft, artist = await _get_held(records, pk)
        draft.state, draft.publish_at, draft.reviewed_by = DUE, services.clock.now(), moderator.name
        draft.problem = ""
        await _note(records, services, moderator, "release_held", artist, pk)
        await tell(records, services.clock, services.site, artist, RELEASED_KIND, moderator, str(pk))
    services.wake.drafts.set()


async def refuse(services: Services, moderator: Artist, pk: int, reason: str) -> None:
    """Give a held post back to its artist, with the reason. Raises InvalidInput or NotFound."""
    if not reason.strip():
        raise InvalidInput(_("Say why; the artist will read it."))
    async with services.database.unit_of_work() as records:
        draft, artist = await _get_held(records, pk)
        draft.state, draft.publish_at, draft.problem = OPEN, None, reason.strip()[:MAX_APPEAL]
        await _note(records, services, moderator, "refuse_held", artist, pk, reason)
        await tell(records, services.clock, services.site, artist, NOT_PUBLISHED, moderator, str(pk))


async def tell(
    records: Records, clock: Clock, site: Site, whom: Artist, kind: str, about: Artist, object_id: str
) -> None:
    """Notify an artist of something that another one of this house did."""
    row = Notification(
        pk=clock.new_pk(),
        artist_pk=whom.pk,
        kind=kind,
        actor_id=site.actor(about.name),
        object_id=object_id,
        created_at=clock.now(),
    )
    await records.notifications.add(row)


async def _get_held(records: Records, pk: int) -> tuple[Draft, Artist]:
    draft = await records.drafts.find(pk)
    if draft is None or draft.state != HELD:
        raise NotFound(_("Somebody has decided that already."))
    return draft, await records.artists.get_by_pk(draft.artist_pk)


async def _note(
    records: Records, services: Services, moderator: Artist, action: str, artist: Artist, pk: int, detail: str = ""
) -> None:
    subject, now = f"held post {pk} of @{artist.name}", services.clock.now()
    record = AuditRecord(
        pk=services.clock.new_pk(),
        author=moderator.name,
        action=action,
        subject=subject,
        detail=detail[:MAX_APPEAL],
        done_at=now,
    )
    await records.audit_log.add(record)


def _findings(line: dict[str, Any]) -> list[Any]:
    facts = line.get("facts") or {}
    found: list[Any] = facts.get("findings") or []
    return found
