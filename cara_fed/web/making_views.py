"""What the pages beside a work are made of: how it was made, and the alt texts that readers propose."""

from dataclasses import dataclass, field
from datetime import datetime

from cara_fed.web.parts import Byline, FormView, Picture, Post


@dataclass(frozen=True, slots=True)
class MakingLine:
    """One file of a work's making. ``file_url`` is for those who may have it; ``picture`` what can be shown."""

    pk: int
    kind: str
    note: str
    name: str
    hash: str
    size: str
    kept_at: datetime
    is_public: bool
    picture: Picture | None = None
    file_url: str | None = None


@dataclass(frozen=True, slots=True)
class MakingPage:
    """``/@NAME/ID/making``. The form's fields: ``file``, ``kind``, ``note``, ``is_public``."""

    post: Post
    path: str
    files: tuple[MakingLine, ...] = ()
    is_own: bool = False
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """What somebody would say of a picture; ``number`` from 1."""

    pk: int
    number: int
    byline: Byline
    text: str


@dataclass(frozen=True, slots=True)
class AltPage:
    """``/@NAME/ID/alt``: its artist reads the proposals, others make one (fields ``number`` and ``text``)."""

    post: Post
    path: str
    proposals: tuple[ProposalLine, ...] = ()
    is_own: bool = False
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class OfflinePage:
    """``/offline``: what an installed studio shows where there is no connection."""
