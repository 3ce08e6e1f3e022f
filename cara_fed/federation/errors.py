"""What can go wrong while asking another server: one class per thing a caller can decide on."""

from cara_fed.errors import CaraFedError


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
