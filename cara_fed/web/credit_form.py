"""The field that says who made a work too: one line for each, with a handle and what they did."""

from collections.abc import Iterable
from typing import Final

from activitypub.html import find_handles
from activitypub.texts import bound_line
from cara_fed.publishing.drafts import MAX_CREDITS, MAX_ROLE, CreditDraft
from cara_fed.web.forms import FormReader
from cara_fed.words.speech import _
from storage.credits import AGREED, ASKED, Credit

FIELD: Final = "credits"
_LONGEST: Final = 4000
_BETWEEN: Final = " \t:,–—-"


def read_credits(reader: FormReader) -> tuple[CreditDraft, ...]:
    """Everybody in the field ``credits``, as in ``@theo@gallery.example ink``."""
    lines = [line for line in reader.text(FIELD, limit=_LONGEST).splitlines() if line.strip()]
    if len(lines) > MAX_CREDITS:
        reader.refuse(FIELD, _("At most %(limit)s people are named.", limit=MAX_CREDITS))
        return ()
    found = [_read_line(reader, line) for line in lines]
    return tuple(one for one in found if one is not None)


def write_credits(rows: Iterable[Credit]) -> str:
    """The field as it stands: those who are asked, and those who agreed."""
    return "\n".join(f"{row.handle} {row.role}".strip() for row in rows if row.state in (ASKED, AGREED))


def _read_line(reader: FormReader, line: str) -> CreditDraft | None:
    name, *rest = line.split(maxsplit=1)
    handle = name.lstrip("@").rstrip(_BETWEEN).lower()
    role = bound_line("".join(rest).strip(_BETWEEN), MAX_ROLE + 1)
    if find_handles(f"@{handle}") != (handle,):
        reader.refuse(FIELD, _("Begin each line with a handle, such as @theo@gallery.example, then say what they did."))
        return None
    if len(role) > MAX_ROLE:
        reader.refuse(FIELD, _("Say what somebody did in at most %(limit)s characters.", limit=MAX_ROLE))
        return None
    return CreditDraft(handle, role)
