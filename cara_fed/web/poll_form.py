"""The fields that make a poll of a post, and those of a vote."""

from collections.abc import Mapping
from datetime import timedelta

from cara_fed.publishing.drafts import MAX_OPTION, MAX_OPTIONS, PollDraft, PollUnusable, require_votable
from cara_fed.web.forms import FormReader

USUAL_HOURS = 24
FIELD = "poll-0"
"""Where what is wrong with a poll is said."""


def read_poll(reader: FormReader, text: str) -> PollDraft | None:
    """Fields ``poll-N``, ``poll_multiple`` and ``poll_hours``; None where no answer was written."""
    written = [reader.line(f"poll-{n}", limit=MAX_OPTION) for n in range(MAX_OPTIONS)]
    options = tuple(option for option in written if option)
    if not options:
        return None
    hours = reader.fields.get("poll_hours", "")
    lasts = timedelta(hours=int(hours) if hours.isdecimal() and len(hours) < 5 else USUAL_HOURS)
    poll = PollDraft(options, reader.flag("poll_multiple"), lasts)
    try:
        require_votable(poll, text)
    except PollUnusable as refusal:
        reader.refuse(FIELD, str(refusal))
    return poll


def read_choices(fields: Mapping[str, str]) -> list[int]:
    """Fields ``choice``, or ``choice-N`` where several may be chosen: the places of the options."""
    values = [value for name, value in fields.items() if name == "choice" or name.startswith("choice-")]
    return [int(value) for value in values if value.isdecimal() and len(value) < 4]
