"""Each thing that can go wrong with a server's request, as its HTTP answer: the one place that gives statuses."""

from dataclasses import dataclass
from typing import Final

from activitypub.errors import (
    AuthorityError,
    DocumentTooLarge,
    DocumentUnsupported,
    ProtocolError,
    SignatureError,
)
from cara_fed.asgi import Answer, BodyTooLarge, BodyTooSlow, Header
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.endpoints.answers import VARY, answer_error
from cara_fed.federation.errors import BudgetSpent


class NotHere(Exception):
    """There is no such thing, or not for this one who asks: 404 either way."""


class Gone(Exception):
    """There was something here, and never will be again."""


class MethodNotAllowed(Exception):
    """The address takes other methods."""

    def __init__(self, *allowed: str) -> None:
        super().__init__(", ".join(allowed))


class WrongContentType(Exception):
    """The body is labelled as, or packed into, something that is not taken."""


REFUSALS: Final = (
    ProtocolError,
    RefusedByBlocklist,
    BudgetSpent,
    NotHere,
    Gone,
    MethodNotAllowed,
    WrongContentType,
    BodyTooLarge,
    BodyTooSlow,
)
"""Everything that :func:`answer_refusal` has an answer for."""

_CHALLENGE: Final[Header] = (b"www-authenticate", b'Signature headers="(request-target) host date digest"')
_RETRY_IN_A_MINUTE: Final[Header] = (b"retry-after", b"60")


@dataclass(frozen=True, slots=True)
class _Row:
    """A status for these errors; `message` where the error's own words are not for the other side."""

    errors: tuple[type[Exception], ...]
    status: int
    message: str = ""
    headers: tuple[Header, ...] = ()


_TABLE: Final = (
    _Row((SignatureError,), 401, headers=(VARY, _CHALLENGE)),
    _Row((RefusedByBlocklist, AuthorityError), 403, headers=(VARY,)),
    _Row((NotHere,), 404, "there is nothing here, or not for you", (VARY,)),
    _Row((BodyTooSlow,), 408, "the body took too long"),
    _Row((Gone,), 410, "what was here is gone", (VARY,)),
    _Row((BodyTooLarge, DocumentTooLarge), 413, "the body is too large"),
    _Row((WrongContentType,), 415),
    _Row((DocumentUnsupported,), 422),
    _Row((BudgetSpent,), 429, headers=(_RETRY_IN_A_MINUTE,)),
    _Row((ProtocolError,), 400),
)


def answer_refusal(error: Exception) -> Answer:
    """The answer to one of REFUSALS."""
    if isinstance(error, MethodNotAllowed):
        return answer_error(405, "this address takes other methods", (b"allow", str(error).encode()))
    row = next(row for row in _TABLE if isinstance(error, row.errors))
    return answer_error(row.status, row.message or str(error), *row.headers)
