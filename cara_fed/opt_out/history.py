"""Who said what about AI, of which level, and when: a dated, conscious reservation is worth more than a default."""

from enum import StrEnum
from typing import Final

from activitypub.opt_out import OptOut
from cara_fed.clock import Clock
from cara_fed.config import Config
from storage.opt_out_changes import OptOutChange
from storage.records import Records

BY_FILE: Final = "instance.toml"


class Level(StrEnum):
    """Whose word it is, the most general first."""

    INSTANCE = "instance"
    ARTIST = "artist"
    POST = "post"
    PICTURE = "picture"


def picture_subject(object_id: str, attachment_pk: int) -> str:
    """How a picture of a post is named in the history."""
    return f"{object_id}#{attachment_pk}"


async def note_change(
    records: Records,
    clock: Clock,
    level: Level,
    subject: str,
    changed_by: str,
    *,
    old: OptOut | str | None,
    new: OptOut | str | None,
) -> None:
    """Write down that a level answers otherwise than before; nothing where it does not."""
    if old == new:
        return
    change = OptOutChange(
        pk=clock.new_pk(),
        level=level,
        subject=subject,
        old=old and str(old),
        new=new and str(new),
        changed_by=changed_by,
        changed_at=clock.now(),
    )
    await records.opt_out_changes.add(change)


async def note_default(records: Records, clock: Clock, config: Config) -> None:
    """Write down what instance.toml says, where that is not what it said at the last start."""
    base = config.site.base
    last = await records.opt_out_changes.find_last(base)
    old = last.new if last else None
    await note_change(records, clock, Level.INSTANCE, base, BY_FILE, old=old, new=config.opt_out.default)
