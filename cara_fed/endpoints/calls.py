"""One call of an endpoint: what was asked, and how endpoints are put into a table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import parse_qsl

from activitypub.identifiers import Located, Site
from activitypub.signatures import HttpRequest
from cara_fed.asgi import Answer, Receive, Scope, header
from cara_fed.endpoints.refusals import NotHere
from cara_fed.endpoints.requests import read_request

MAX_QUERY_FIELDS: Final = 20

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Call:
    """A request at one of our addresses; `located` is what the address names, where it is an id or its page."""

    scope: Scope
    receive: Receive
    site: Site
    located: Located | None = None

    def located_as(self, kind: type[Kind]) -> Kind:
        """What the address names; raises NotHere where that is of another kind."""
        if not isinstance(self.located, kind):
            raise NotHere
        return self.located

    @property
    def request(self) -> HttpRequest:
        """The request without a body, for signature checks."""
        return read_request(self.scope, self.site)

    def header(self, name: bytes) -> str:
        """The first header of that name (lower case); "" where there is none."""
        return (header(self.scope, name) or b"").decode("latin-1")

    @property
    def query(self) -> dict[str, str]:
        """The query's fields; of a repeated one the last."""
        try:
            fields = parse_qsl(self.scope["query_string"].decode("latin-1"), max_num_fields=MAX_QUERY_FIELDS)
        except ValueError:
            return {}
        return dict(fields)


Endpoint = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint and the one method it takes (GET takes HEAD too)."""

    method: str
    endpoint: Endpoint

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods as `Allow` names them."""
        return ("GET", "HEAD") if self.method == "GET" else (self.method,)
