"""An ASGI request as the protocol floor reads it."""

from activitypub.identifiers import Site
from activitypub.signatures import HttpRequest
from cara_fed.asgi import Scope


def read_request(scope: Scope, site: Site, body: bytes | None = None) -> HttpRequest:
    """The request with its raw target, as signed.

    Its host is what this instance is called, whatever was sent: a proxy may have rewritten the header, and a request
    that was signed for another host must not verify here.
    """
    target = read_target(scope)
    sent = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    headers = tuple((name, value) for name, value in sent if name != "host")
    return HttpRequest(scope["method"], target, (("host", site.domain), *headers), body, f"{site.base}{target}")


def read_target(scope: Scope) -> str:
    """Path and query exactly as they came over the wire."""
    path: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    query: bytes = scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")
