"""Rules and announcements: what everybody here is told."""

from datetime import timedelta
from typing import Final

from cara_fed.errors import InvalidInput
from cara_fed.moderation.deeds import Deed, note_deed
from cara_fed.services import Services
from cara_fed.words.speech import _
from cara_fed.words.writing import write_number
from storage.artists import Artist
from storage.house_rules import Announcement, Rule

MAX_RULES, MAX_RULE, MAX_ANNOUNCEMENT, MAX_DAYS = 30, 500, 1000, 90
DAY: Final = timedelta(days=1)


async def set_rules(services: Services, text: str, admin: Artist) -> int:
    """Let these be the rules, one a line; how many there are. Raises InvalidInput."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_RULES:
        raise InvalidInput(_("At most %(limit)s rules: nobody reads more.", limit=MAX_RULES))
    if any(len(line) > MAX_RULE for line in lines):
        raise InvalidInput(_("A rule has at most %(limit)s characters.", limit=MAX_RULE))
    clock = services.clock
    async with services.database.unit_of_work() as records:
        rules = [Rule(pk=clock.new_pk(), position=n, content=line) for n, line in enumerate(lines, start=1)]
        await records.house_rules.replace_rules(rules)
        await note_deed(records, clock, Deed.RULES, f"{len(lines)} rules", admin.name)
    return len(lines)


async def announce(services: Services, text: str, days: str, admin: Artist) -> None:
    """Tell every artist something for so many days; raises InvalidInput."""
    words = " ".join(text.split())
    if not words or len(words) > MAX_ANNOUNCEMENT:
        raise InvalidInput(_("Say it in up to %(limit)s characters.", limit=write_number(MAX_ANNOUNCEMENT)))
    if not days.isdecimal() or not 1 <= int(days) <= MAX_DAYS:
        raise InvalidInput(_("It is told for 1 to %(limit)s days.", limit=MAX_DAYS))
    now = services.clock.now()
    row = Announcement(
        pk=services.clock.new_pk(), author=admin.name, content=words, created_at=now, ends_at=now + int(days) * DAY
    )
    async with services.database.unit_of_work() as records:
        await records.house_rules.announce(row)
        await note_deed(records, services.clock, Deed.ANNOUNCE, words[:100], admin.name)


async def end_announcement(services: Services, pk: int, admin: Artist) -> None:
    """Tell it no longer."""
    async with services.database.unit_of_work() as records:
        if await records.house_rules.end_announcement(pk):
            await note_deed(records, services.clock, Deed.END_ANNOUNCEMENT, str(pk), admin.name)
