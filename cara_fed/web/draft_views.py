"""What the pages of drafts are made of: pictures on their way, posts to be, and what waits for its time."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from markupsafe import Markup

from cara_fed.web.parts import Byline, FormView, Picture

UploadState = Literal["waiting", "working", "done", "refused"]


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A picture of a draft: how far its protection has come, and what of it can be seen.

    ``alt`` is what its artist once wrote about the same picture; ``focus`` is the focal point that was found, as the
    form's field holds it. While it waits, ``ahead`` pictures go before it, and it is done in about ``seconds``. What
    was done to it is shown at ``page``, once it is done.
    """

    pk: int
    name: str
    state: UploadState
    alt: str = ""
    problem: str = ""
    steps: tuple[str, ...] = ()
    picture: Picture | None = None
    focus: str = ""
    ahead: int = 0
    seconds: int = 0
    page: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in ("done", "refused")

    def as_json(self) -> dict[str, Any]:
        """The same for scripts."""
        picture = self.picture
        return {
            "pk": str(self.pk),  # more digits than a number of JavaScript has
            "name": self.name,
            "state": self.state,
            "alt": self.alt,
            "problem": self.problem,
            "steps": self.steps,
            "focus": self.focus,
            "ahead": self.ahead,
            "seconds": self.seconds,
            "page": self.page,
            "picture": {"url": picture.src, "width": picture.width, "height": picture.height} if picture else None,
        }


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture as others see it; ``x`` and ``y`` are where they crop it, in tenths from the left and the top."""

    picture: Picture
    alt: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class LookPage:
    """``/drafts/PK/look``. ``content`` is safe HTML, ``cover`` the words on covered work, else None.

    ``more`` pictures come after those in Mastodon's grid; ``unready`` ones are still being prepared.
    """

    draft_pk: int
    byline: Byline
    site_name: str
    domain: str
    content: Markup
    words: str
    cover: str | None
    pictures: tuple[Seen, ...]
    more: int
    warnings: tuple[str, ...]
    unready: int = 0


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in the list. ``publish_at`` is on the clock of ``zone``."""

    pk: int
    words: str
    state: Literal["open", "due", "held"]
    changed_at: datetime
    pictures: int = 0
    cover: Picture | None = None
    publish_at: datetime | None = None
    zone: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DraftsPage:
    """``/drafts``: what is being written, what waits for its time, and what is held."""

    drafts: tuple[DraftLine, ...] = ()


@dataclass(frozen=True, slots=True)
class OutgoingPage:
    """``/drafts/PK``: a post on its way out. ``is_over`` says that its time has come and its pictures are awaited."""

    line: DraftLine
    uploads: tuple[Uploaded, ...] = ()
    is_over: bool = False
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class HeldWork:
    """A post that waits for somebody of the house; ``appeal`` is what its artist says."""

    byline: Byline
    line: DraftLine
    uploads: tuple[Uploaded, ...] = ()
    appeal: str = ""


@dataclass(frozen=True, slots=True)
class HeldPage:
    """``/admin/held``. The form's fields: ``draft``, ``decision`` and ``reason``."""

    works: tuple[HeldWork, ...] = ()
    form: FormView = field(default_factory=FormView)
