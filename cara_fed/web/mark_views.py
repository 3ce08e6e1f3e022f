"""What the pages are made of that are about a picture's marks, what was done to it, and where it turned up."""

from dataclasses import dataclass, field

from cara_fed.publishing.marks import MAX_MARK_TEXT
from cara_fed.web.parts import FormView, Picture


@dataclass(frozen=True, slots=True)
class MarkSettingsPage:
    """``/settings/marks``. Fields: ``visible``, ``layout``, ``text``, ``opacity``, ``logo``, ``remove_logo`` and
    ``invisible``.

    ``preview_url`` shows what is saved; ``instance_marks`` is what holds for whoever says nothing of invisible marks.
    """

    preview_url: str
    has_logo: bool = False
    instance_marks: bool = False
    undrawn: str = ""
    max_text: int = MAX_MARK_TEXT
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that was done or may be done to a picture: its name, what came of it, and one honest paragraph."""

    name: str
    done: str
    honest: str


@dataclass(frozen=True, slots=True)
class FileView:
    """One file of a picture: what it is for, its format, its size in words."""

    purpose: str
    facts: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class PictureDonePage:
    """``/@NAME/ID/pictures/N`` or ``/drafts/ID/pictures/ID``: what was done to one picture, for its artist alone."""

    back_url: str
    number: int
    count: int
    picture: Picture
    before_url: str
    difference_url: str
    original_url: str
    lines: tuple[str, ...]
    removed: tuple[str, ...]
    measures: tuple[Measure, ...]
    files: tuple[FileView, ...]
    is_draft: bool = False

    @property
    def path(self) -> str:
        """The page's own address without the picture's number."""
        return f"{self.back_url}/pictures"


@dataclass(frozen=True, slots=True)
class TracedView:
    """A picture of this instance that the found one may be."""

    confidence: str
    title: str
    url: str
    reasons: tuple[str, ...]
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class TracePage:
    """``/trace``. Fields: ``picture``, a file, or ``address``. ``found`` None: nothing was asked yet."""

    found: tuple[TracedView, ...] | None = None
    way: str = ""
    form: FormView = field(default_factory=FormView)
