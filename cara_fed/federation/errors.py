"""What can go wrong while asking another server: one class per thing a caller can decide on."""

from cara_fed.errors import CaraFedError
from cara_fed.words.speech import _


class FetchError(CaraFedError):
    """Another server could not be asked, or its answer cannot be used."""


class UrlRefused(FetchError):
    """The URL is not one we ask: unreadable, another scheme than https, or with a user name or password."""


class AddressRefused(UrlRefused):
    """The host is, or resolves to, an address inside somebody's network rather than on the public internet."""


class ConnectionFailed(FetchError):
    """No connection, or it broke before the answer was whole. Worth trying again later."""


class NameUnknown(ConnectionFailed):
    """The host's name has no address."""


class TlsFailed(ConnectionFailed):
    """The server's certificate is not trusted, or TLS could not be agreed on."""


class FetchTimeout(FetchError):
    """The answer did not come, or did not end, within its time."""


class ResponseTooLarge(FetchError):
    """The answer's body (counted after decompression) or its headers are larger than we take."""


class ResponseMalformed(FetchError):
    """The answer is not HTTP, or is encoded in a way we did not ask for."""


class TooManyRedirects(FetchError):
    """The server passed us on more often than we follow."""


class BudgetSpent(FetchError):
    """This cause, or this host's minute, has had its share of requests."""


class NotServed(FetchError):
    """The server answered with something else than success; `status` is the HTTP status."""

    def __init__(self, host: str, status: int) -> None:
        super().__init__(_("%(host)s answered %(status)s", host=host, status=status))
        self.status = status

    @property
    def gone(self) -> bool:
        """Whether it is not there, and will not be."""
        return self.status in (404, 410)

    @property
    def passing(self) -> bool:
        """Whether asking again later may help."""
        return self.status in (401, 408, 425, 429) or self.status >= 500


class NotADocument(FetchError):
    """What came is not an ActivityPub document, or not the one that was asked for."""


class NotFoundThere(FetchError):
    """There is nobody and nothing behind this handle or address."""
