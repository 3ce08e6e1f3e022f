"""What an artist wants published, checked before anything is done with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from activitypub.audience import Visibility
from activitypub.opt_out import OptOut
from activitypub.quotes import QuotePolicy
from cara_fed.config import PostsSection
from cara_fed.errors import InvalidInput
from cara_fed.protection.cloak.levels import Cloak
from cara_fed.words.speech import _, later
from cara_fed.words.writing import write_number

MAX_TEXT = 5000
MAX_ALT = 1500
MAX_WARNING = 500
MAX_PICTURES = 20
MAX_MENTIONS = 20
MAX_CREDITS, MAX_ROLE = 8, 60
ALT_NEEDED = later("Here every picture has a description, for those who cannot see it.")
_DESCRIPTION_TOO_LONG = later("The description of picture %(number)s has %(count)s characters; at most %(limit)s fit.")
MIN_OPTIONS, MAX_OPTIONS, MAX_OPTION = 2, 8, 100
SHORTEST_POLL, LONGEST_POLL = timedelta(minutes=5), timedelta(days=30)


class PollUnusable(InvalidInput):
    """A poll that nobody could vote in; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class PictureDraft:
    """A new picture: its file or its bytes, and what is said about it.

    ``focal_point`` is (x, y) in -1 to 1, x to the right and y upwards; None lets the pipeline choose. ``name`` is what
    the file is called on the artist's machine; it never leaves the instance. ``cloak`` None is the artist's choice.
    """

    content: bytes | Path = field(repr=False)
    alt: str = ""
    name: str = ""
    focal_point: tuple[float, float] | None = None
    sensitive: bool = False
    opt_out: OptOut | None = None
    cloak: Cloak | None = None


@dataclass(frozen=True, slots=True)
class UploadedPicture:
    """A picture that waits in a draft, with what is said about it; ``focal_point`` None keeps the pipeline's choice."""

    upload_pk: int
    alt: str = ""
    focal_point: tuple[float, float] | None = None
    sensitive: bool = False
    opt_out: OptOut | None = None
    cloak: Cloak | None = None


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture that a post has already, with what is said about it from now on."""

    attachment_pk: int
    alt: str = ""
    focal_point: tuple[float, float] = (0.0, 0.0)
    sensitive: bool = False
    opt_out: OptOut | None = None


@dataclass(frozen=True, slots=True)
class PollDraft:
    """A question's possible answers, and how long it is open."""

    options: tuple[str, ...]
    multiple: bool = False
    lasts: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MarkChoice:
    """What one post says of marks on its pictures; None leaves it to the artist's settings."""

    visible: bool | None = None
    invisible: bool | None = None


NO_CHOICE = MarkChoice()


@dataclass(frozen=True, slots=True)
class CreditDraft:
    """Somebody who made a work too: ``handle`` as :func:`activitypub.html.find_handles` gives it, and what they did."""

    handle: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class PostDraft:
    """A new post. ``opt_out`` None takes what the artist or the instance says, ``quote_policy`` what the artist says.

    ``in_reply_to`` and ``quotes`` are object ids. Unless ``accepts_matches``, pictures that look like somebody else's
    are held, and the artist is asked.

    ``license`` is an address out of :data:`cara_fed.publishing.rights.LICENSES`, empty for none, None for the artist's.
    """

    text: str = ""
    pictures: tuple[PictureDraft | UploadedPicture, ...] = ()
    content_warning: str = ""
    sensitive: bool = False
    visibility: Visibility = Visibility.PUBLIC
    opt_out: OptOut | None = None
    language: str | None = None
    in_reply_to: str | None = None
    license: str | None = None
    digital_source_type: str = ""
    quotes: str | None = None
    quote_policy: QuotePolicy | None = None
    poll: PollDraft | None = None
    marks: MarkChoice = field(default_factory=MarkChoice)
    accepts_matches: bool = True
    credits: tuple[CreditDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class PostEdit:
    """A post as it is to be from now on, with all its pictures in their order; who sees it stays as it was."""

    text: str
    pictures: tuple[KeptPicture | PictureDraft, ...]
    content_warning: str
    sensitive: bool
    opt_out: OptOut | None
    language: str | None
    license: str | None = None
    digital_source_type: str = ""
    quote_policy: QuotePolicy = QuotePolicy.EVERYONE
    credits: tuple[CreditDraft, ...] | None = None
    """None leaves them as they are."""


def require_publishable(draft: PostDraft | PostEdit) -> None:
    """Raise InvalidInput, in one sentence, for what cannot be a post."""
    if not draft.text.strip() and not draft.pictures:
        raise InvalidInput(_("A post needs a picture or some text."))
    _require_length(draft.text, MAX_TEXT, later("The text has %(count)s characters; at most %(limit)s fit."))
    _require_length(
        draft.content_warning,
        MAX_WARNING,
        later("The content warning has %(count)s characters; at most %(limit)s fit."),
    )
    if len(draft.pictures) > MAX_PICTURES:
        raise InvalidInput(
            _(
                "A post holds at most %(limit)s pictures; these are %(count)s.",
                limit=MAX_PICTURES,
                count=len(draft.pictures),
            )
        )
    _require_pictures(draft.pictures)


def require_described(rules: PostsSection, pictures: Iterable[PictureDraft | UploadedPicture | KeptPicture]) -> None:
    """Raise InvalidInput for a picture without alt text, where the instance asks for one."""
    missing = [number for number, picture in enumerate(pictures, start=1) if not picture.alt.strip()]
    if missing and rules.require_alt_text:
        raise InvalidInput(f"{_(ALT_NEEDED)} {_('Picture %(number)s has none.', number=missing[0])}")


def require_votable(poll: PollDraft | None, text: str) -> None:
    """Raise PollUnusable, in one sentence, for what nobody could vote in."""
    if poll is None:
        return
    if not text.strip():
        raise PollUnusable(_("A poll needs a question: write it as the text."))
    if not MIN_OPTIONS <= len(poll.options) <= MAX_OPTIONS:
        raise PollUnusable(
            _(
                "A poll has %(least)s to %(limit)s answers to choose from.",
                least=MIN_OPTIONS,
                limit=MAX_OPTIONS,
            )
        )
    if any(not option.strip() or len(option) > MAX_OPTION for option in poll.options):
        raise PollUnusable(_("Every answer of a poll has 1 to %(limit)s characters.", limit=MAX_OPTION))
    if len({option.strip().casefold() for option in poll.options}) < len(poll.options):
        raise PollUnusable(_("Two answers of the poll are the same."))
    if not SHORTEST_POLL <= poll.lasts <= LONGEST_POLL:
        raise PollUnusable(_("A poll is open for 5 minutes to 30 days."))


def _require_pictures(pictures: Iterable[PictureDraft | UploadedPicture | KeptPicture]) -> None:
    for number, picture in enumerate(pictures, start=1):
        _require_length(picture.alt, MAX_ALT, _DESCRIPTION_TOO_LONG, number=number)
        if any(not -1 <= coordinate <= 1 for coordinate in picture.focal_point or ()):
            raise InvalidInput(_("The focal point of picture %(number)s must lie between -1 and 1.", number=number))


def _require_length(text: str, limit: int, why: str, **named: int) -> None:
    if len(text) > limit:
        raise InvalidInput(_(why, count=write_number(len(text)), limit=write_number(limit), **named))
