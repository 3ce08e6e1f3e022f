"""What the page is made of that tells an artist where a post and its pictures went."""

from dataclasses import dataclass
from datetime import datetime

from activitypub.opt_out import OptOut
from cara_fed.web.parts import Post


@dataclass(frozen=True, slots=True)
class WentTo:
    """A server, and what became of what was sent to it: sent, queued, failed or cancelled."""

    host: str
    state: str
    at: datetime | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WasSent:
    """The post as it was first published, changed or deleted: when, to whom, and which opt-outs stood in it.

    ``more`` is to how many others, whom the page has no room for.
    """

    kind: str
    at: datetime
    policies: tuple[OptOut, ...]
    terms: str
    to: tuple[WentTo, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class CameFor:
    """Who came for a picture or for the post: a server, or everybody (``host`` empty), or a crawler by its name."""

    host: str
    agent: str
    answer: str
    count: int
    first_at: datetime
    last_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FetchedPicture:
    """One picture and who fetched it; ``number`` counts from 1, and 0 stands for files that were replaced since."""

    number: int
    alt: str
    thumbnail: str
    sha256: str
    fetches: tuple[CameFor, ...]


@dataclass(frozen=True, slots=True)
class PostEvidencePage:
    """``/@NAME/ID/evidence``. ``keep_days`` is how long counts are kept that see nothing new.

    The form's field: ``format``, json or html.
    """

    post: Post
    received: int
    fetched: int
    refused: int
    sent: tuple[WasSent, ...]
    pictures: tuple[FetchedPicture, ...]
    visits: tuple[CameFor, ...]
    keep_days: int
    is_dated: bool
