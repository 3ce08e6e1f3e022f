"""What an actor's server says that it understands (FEP-844e), as far as it is needed before anything is sent."""

from typing import Any, Final

from activitypub.documents import Json, as_list, id_of

RFC9421: Final = "https://datatracker.ietf.org/doc/html/rfc9421"
MAX_CAPABILITIES: Final = 100


def build_capabilities() -> list[Json]:
    """What stands in `implements` of our own Application."""
    return [{"type": "Link", "href": RFC9421, "name": "RFC 9421: HTTP Message Signatures"}]


def accepts_rfc9421(actor: Json) -> bool:
    """Whether the actor is, or names as its `generator`, an application that says so; a generator's id says nothing."""
    return any(_lists_rfc9421(application) for application in (actor, *as_list(actor.get("generator"))))


def _lists_rfc9421(application: Any) -> bool:
    if not isinstance(application, dict):
        return False
    return any(id_of(stated) == RFC9421 for stated in as_list(application.get("implements"))[:MAX_CAPABILITIES])
