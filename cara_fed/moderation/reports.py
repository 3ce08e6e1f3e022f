"""Reports: what moderators read, note and do about each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from activitypub.identifiers import ArtistRef, PostRef
from activitypub.origins import netloc_of
from cara_fed.errors import InvalidInput, NotFound
from cara_fed.moderation.deeds import Deed, note_deed
from cara_fed.moderation.refusing import refuse_for_report
from cara_fed.moderation.suspensions import suspend_artist
from cara_fed.publishing.delete_post import delete_post
from cara_fed.publishing.report_actor import send_flag
from cara_fed.services import Services
from cara_fed.words.speech import _
from cara_fed.words.writing import write_number
from storage.artists import Artist
from storage.posts import Post
from storage.records import Records
from storage.report_notes import ReportNote
from storage.reports import DISMISSED, OPEN, RESOLVED, Report

MAX_NOTE: Final = 4000
FORWARDED: Final = "forward"


class Act(StrEnum):
    """What a moderator can do about a report."""

    NOTE = "note"
    RESOLVE = "resolve"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    DELETE_POST = "delete_post"
    HIDE_POST = "hide_post"
    SUSPEND = "suspend"
    BLOCK_ACTOR = "block_actor"
    BLOCK_DOMAIN = "block_domain"
    FORWARD = "forward"


STATES: Final = {Act.RESOLVE: RESOLVED, Act.DISMISS: DISMISSED, Act.REOPEN: OPEN}
DEEDS: Final = {
    Act.RESOLVE: Deed.RESOLVE,
    Act.DISMISS: Deed.DISMISS,
    Act.REOPEN: Deed.REOPEN,
    Act.FORWARD: Deed.FORWARD,
    Act.DELETE_POST: Deed.DELETE_POST,
    Act.HIDE_POST: Deed.COVER_POST,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A report with what it is about: the actor (their artist, if ours) and the posts that are still here."""

    report: Report
    actor_id: str
    artist: Artist | None
    posts: tuple[Post, ...]

    @property
    def is_ours(self) -> bool:
        """Whether it is about an artist of this instance."""
        return self.artist is not None


async def find_case(records: Records, services: Services, pk: int) -> Case:
    """One report and what it is about; raises NotFound."""
    report = await records.reports.find(pk)
    if report is None:
        raise NotFound(_("There is no such report."))
    found = await records.posts.find_many(set(report.target_ids))
    posts = tuple(found[id] for id in report.target_ids if id in found and found[id].deleted_at is None)
    actor_id = _find_actor(report, services, posts)
    located = services.site.locate(actor_id)
    artist = await records.artists.find(located.name) if isinstance(located, ArtistRef) else None
    return Case(report, actor_id, artist, posts)


async def act_on_report(services: Services, pk: int, act: Act, words: str, moderator: Artist) -> None:
    """Do something about a report, and write it down at the report and in the log.

    Raises InvalidInput, NotAllowed or NotFound.
    """
    words = words.strip()
    if len(words) > MAX_NOTE:
        raise InvalidInput(_("At most %(limit)s characters fit here.", limit=write_number(MAX_NOTE)))
    if act is Act.NOTE and not words:
        raise InvalidInput(_("Write something."))
    async with services.database.reading() as records:
        case = await find_case(records, services, pk)
    await _do(services, case, act, words, moderator)
    async with services.database.unit_of_work() as records:
        if act in STATES:
            await records.reports.set_state(pk, STATES[act])
        note = ReportNote(
            pk=services.clock.new_pk(), report_pk=pk, author=moderator.name, action=act, content=words,
            created_at=services.clock.now(),
        )  # fmt: skip
        await records.report_notes.add(note)
        if act in DEEDS:
            await note_deed(records, services.clock, DEEDS[act], case.actor_id, moderator.name, words)


async def _do(services: Services, case: Case, act: Act, words: str, moderator: Artist) -> None:
    match act:
        case Act.DELETE_POST:
            await _delete_posts(services, case)
        case Act.HIDE_POST:
            await _cover_posts(services, case)
        case Act.SUSPEND:
            if case.artist is None:
                raise InvalidInput(_("Only artists of this site can be suspended here. Block them instead."))
            await suspend_artist(services, case.artist.pk, words, moderator)
        case Act.BLOCK_ACTOR | Act.BLOCK_DOMAIN:
            await _block(services, case, act, words, moderator)
        case Act.FORWARD:
            await _forward(services, case)


async def _delete_posts(services: Services, case: Case) -> None:
    """Ours are deleted everywhere that has them; others' are forgotten here."""
    _require_posts(case)
    for post in case.posts:
        if case.artist is not None:
            await delete_post(services, case.artist, post.pk)
        else:
            async with services.database.unit_of_work() as records:
                await records.posts.tombstone(post.object_id, services.clock.now())


async def _cover_posts(services: Services, case: Case) -> None:
    """Behind a warning, here; what other servers have is theirs."""
    _require_posts(case)
    async with services.database.unit_of_work() as records:
        for post in case.posts:
            row = await records.posts.get(post.object_id)
            row.sensitive = True
            for picture in (await records.attachments.find_for_posts([post.pk]))[post.pk]:
                picture.attachment.sensitive = True


async def _block(services: Services, case: Case, act: Act, words: str, moderator: Artist) -> None:
    if case.is_ours:
        raise InvalidInput(_("An artist of this site cannot be blocked. Suspend them instead."))
    entry = case.actor_id if act is Act.BLOCK_ACTOR else netloc_of(case.actor_id).partition(":")[0]
    await refuse_for_report(services, entry, words, moderator.name)


async def _forward(services: Services, case: Case) -> None:
    if case.is_ours:
        raise InvalidInput(_("This is about an artist of this site: there is nobody to tell."))
    async with services.database.unit_of_work() as records:
        notes = await records.report_notes.find_all(case.report.pk)
        if any(note.action == FORWARDED for note in notes):
            raise InvalidInput(_("Their moderators were told already."))
        await send_flag(records, services, case.actor_id, case.report)
    services.wake.deliveries.set()


def _require_posts(case: Case) -> None:
    if not case.posts:
        raise InvalidInput(_("This report names no post that is still here."))


def _find_actor(report: Report, services: Services, posts: tuple[Post, ...]) -> str:
    """Whom a report is about: Mastodon names the actor first, others only posts."""
    if posts:
        return posts[0].actor_id
    first = report.target_ids[0]
    located = services.site.locate(first)
    return services.site.actor(located.name) if isinstance(located, PostRef) else first
