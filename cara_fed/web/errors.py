"""Why a page is not shown, and with which status each refusal is told: the one place that decides it."""

from collections.abc import Mapping

from werkzeug.exceptions import HTTPException

from activitypub.errors import ProtocolError
from cara_fed.accounts.limits import TooManyAttempts
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.errors import CaraFedError, InvalidInput, NotAllowed, NotFound
from cara_fed.web.csrf import CsrfRefused
from cara_fed.words.speech import _
from storage.errors import DatabaseUnavailable, MediaUnavailable, StorageError
from storage.errors import NotFound as RowNotFound


class NothingHere(NotFound):
    """There is no such page, or not for this one who asks: nobody learns which."""

    def __init__(self) -> None:
        super().__init__("")


class TakenDown(CaraFedError):
    """There was such a page, and its artist took it down."""

    def __init__(self) -> None:
        super().__init__("")


class NotSignedIn(NotAllowed):
    """This is for artists of this instance; ``may_return`` says that logging in leads back here."""

    def __init__(self, *, may_return: bool) -> None:
        super().__init__("")
        self.may_return = may_return


def say_refused(refusal: RefusedByBlocklist) -> str:
    """To an artist or a visitor who wanted to deal with somebody listed: nobody does, whatever the reason."""
    return _("This site deals with nobody at %(key)s.", key=refusal.listing.key)


_STATUSES: Mapping[type[Exception], int] = {
    CsrfRefused: 400,
    NotSignedIn: 401,
    TooManyAttempts: 429,
    NotAllowed: 403,
    TakenDown: 410,
    NotFound: 404,
    RowNotFound: 404,
    InvalidInput: 422,
    ProtocolError: 422,
    DatabaseUnavailable: 503,
    MediaUnavailable: 503,
    CaraFedError: 422,
    StorageError: 500,
}
REFUSALS: tuple[type[Exception], ...] = (CaraFedError, StorageError, ProtocolError)
"""Everything that has a page of its own here."""


def status_of(error: Exception) -> int:
    """The HTTP status of a refusal; the nearest class in its ancestry decides."""
    if isinstance(error, HTTPException):
        return error.code or 500
    return next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), 500)


def detail_of(error: Exception) -> str:
    """One safe sentence about this case; empty where the status says it all."""
    known = isinstance(error, (CaraFedError, ProtocolError)) and status_of(error) < 500
    return str(error) if known else ""


def headers_of(error: Exception) -> dict[str, str]:
    """What goes with the refusal besides its page."""
    if isinstance(error, TooManyAttempts):
        return {"Retry-After": str(error.retry_after_seconds)}
    if isinstance(error, HTTPException) and error.code == 405:
        return {"Allow": ", ".join(sorted(getattr(error, "valid_methods", None) or ()))}
    return {}
