"""Suspending artists: they can do nothing here but appeal and take their works along, and nobody sees those here."""

from cara_fed.errors import InvalidInput, NotAllowed
from cara_fed.moderation.deeds import Deed, note_deed
from cara_fed.publishing.show_credits import look_at_credits_of
from cara_fed.services import Services
from cara_fed.suspended import REVISION
from cara_fed.words.speech import _
from cara_fed.words.writing import write_number
from storage.applications import GRANTED, OPEN, REFUSED, SuspensionAppeal
from storage.artists import Artist
from storage.records import Records

MAX_WORDS = 2000


async def suspend_artist(services: Services, artist_pk: int, reason: str, moderator: Artist) -> None:
    """Suspend an artist, who reads the reason, and log them out everywhere.

    Raises InvalidInput without a reason, NotAllowed for oneself and for those who run the place.
    """
    reason = _read_words(reason, _("Say why: the artist reads it."))
    async with services.database.unit_of_work() as records:
        artist = await records.artists.get_by_pk(artist_pk)
        require_below(moderator, artist)
        artist.suspended_at, artist.suspension_reason = services.clock.now(), reason
        await records.sessions.remove_for_artist(artist.pk)
        await look_at_credits_of(records, services.clock, services.site.actor(artist.name))
        await note_deed(records, services.clock, Deed.SUSPEND, f"@{artist.name}", moderator.name, reason)
        await records.revisions.bump(REVISION)
    await services.suspended.refresh()


async def restore_artist(services: Services, artist_pk: int, moderator: Artist) -> None:
    """Take a suspension back."""
    async with services.database.unit_of_work() as records:
        artist = await records.artists.get_by_pk(artist_pk)
        require_below(moderator, artist)
        await _restore(records, services, artist, moderator)
    await services.suspended.refresh()


async def appeal_suspension(services: Services, artist: Artist, words: str) -> None:
    """Let a suspended artist speak, once at a time; raises InvalidInput."""
    words = _read_words(words, _("Say why this is wrong."))
    async with services.database.unit_of_work() as records:
        latest = await records.suspension_appeals.find_latest(artist.pk)
        if latest is not None and latest.state == OPEN:
            raise InvalidInput(_("Your appeal is with the moderators already."))
        appeal = SuspensionAppeal(
            pk=services.clock.new_pk(), artist_pk=artist.pk, content=words, created_at=services.clock.now()
        )
        await records.suspension_appeals.add(appeal)


async def answer_suspension_appeal(services: Services, pk: int, *, grant: bool, answer: str, moderator: Artist) -> None:
    """Answer an appeal in words that the artist reads; raises InvalidInput."""
    answer = _read_words(answer, _("Answer in words: the artist reads them."))
    state = GRANTED if grant else REFUSED
    async with services.database.unit_of_work() as records:
        now = services.clock.now()
        appeal = await records.suspension_appeals.decide(pk, state, answer, moderator.name, now)
        if appeal is None:
            raise InvalidInput(_("Somebody has answered this already."))
        artist = await records.artists.get_by_pk(appeal.artist_pk)
        await note_deed(records, services.clock, Deed.ANSWER_APPEAL, f"@{artist.name}", moderator.name, state)
        if grant:
            await _restore(records, services, artist, moderator)
    await services.suspended.refresh()


def require_below(moderator: Artist, artist: Artist) -> None:
    """Raise NotAllowed where somebody would act upon themselves, or a moderator upon who runs the place with them."""
    if artist.pk == moderator.pk:
        raise NotAllowed(_("Nobody does this to themselves here."))
    if artist.role != "artist" and moderator.role != "admin":
        raise NotAllowed(_("Only an admin may do this to those who run this site."))


async def _restore(records: Records, services: Services, artist: Artist, moderator: Artist) -> None:
    artist.suspended_at, artist.suspension_reason = None, ""
    await look_at_credits_of(records, services.clock, services.site.actor(artist.name))
    await note_deed(records, services.clock, Deed.RESTORE, f"@{artist.name}", moderator.name)
    await records.revisions.bump(REVISION)


def _read_words(text: str, required: str) -> str:
    words = text.strip()
    if not words:
        raise InvalidInput(required)
    if len(words) > MAX_WORDS:
        raise InvalidInput(_("At most %(limit)s characters fit here.", limit=write_number(MAX_WORDS)))
    return words
