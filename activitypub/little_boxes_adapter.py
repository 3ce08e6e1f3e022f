"""The only door to little-boxes 0.1.0: the Accept and Undo that answer envelopes, hidden recipients, collections.

What it does otherwise is kept outside: it fetches while it constructs (here it is answered from documents at hand,
never from the network), writes into what it is given (it gets copies), prints (its Note is never made), knows Person
alone among actors (it is shown one), and raises whatever comes up (all of it becomes DocumentError).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from typing import Any, Final

from little_boxes import activitypub as little_boxes
from little_boxes.errors import (
    ActivityNotFoundError,
    Error,
    RecursionLimitExceededError,
    UnexpectedActivityTypeError,
)
from little_boxes.utils import parse_collection

from activitypub.documents import Json, as_list, first, id_of, types_of
from activitypub.errors import DocumentMalformed, DocumentTooDeep, DocumentUnsupported

ENVELOPES: Final = frozenset({"Follow", "Accept", "Undo", "Like", "Announce", "Delete"})
UNDOABLE: Final = frozenset({"Follow", "Like", "Announce"})
MAX_PAGES: Final = 20
MAX_ITEMS: Final = 2_000

_COLLECTIONS: Final = ("OrderedCollection", "Collection")
_PAGES: Final = ("OrderedCollectionPage", "CollectionPage")
_NOTHING: Final[Mapping[str, Json]] = {}
_AT_HAND: ContextVar[Mapping[str, Json]] = ContextVar("documents at hand", default=_NOTHING)


class _OfflineBackend:
    """Answers little-boxes' fetches from what the current call has at hand."""

    def fetch_iri(self, iri: str) -> Json:
        document = _AT_HAND.get().get(iri)
        if document is None:
            raise ActivityNotFoundError(f"{iri} is not at hand")
        return deepcopy(document)


little_boxes.use_backend(_OfflineBackend())


def build_accept(follow: Json) -> Json:
    """Accept of a Follow, by whom it follows, the Follow embedded; without an id. Raises DocumentError."""
    with _offline(_people(id_of(follow.get("actor")), id_of(follow.get("object")))):
        return _plain(_parse(follow).build_accept())


def build_undo(activity: Json) -> Json:
    """Undo of a Follow, Like or Announce, by its own actor, the activity embedded; without an id. Raises
    DocumentError."""
    with _offline(_people(id_of(activity.get("actor")))):
        undone = _parse(activity)
        # Its own build_undo forgets the actor of an Announce.
        return _plain(little_boxes.Undo(actor=undone.actor, object=undone.to_dict(embed=True)))


def strip_hidden_recipients(document: Json) -> Json:
    """The document without `bto` and `bcc`, nor those of its object."""
    inner = document.get("object")
    return _strip(document) | ({"object": _strip(inner)} if isinstance(inner, dict) else {})


def walk_collection(collection: Json, pages: Mapping[str, Json]) -> tuple[Any, ...]:
    """The items of a collection, embedded in it or on those of its ``pages`` (by id) that are supplied.

    At most MAX_ITEMS. Raises DocumentTooDeep where pages lead back to each other or are more than MAX_PAGES,
    DocumentUnsupported for what is no collection.
    """
    seen: set[str] = set()

    def fetch(url: str) -> Json:
        if url in seen or len(seen) >= MAX_PAGES:
            raise RecursionLimitExceededError("the pages do not end")
        seen.add(url)
        page = pages.get(url)
        return _tidy_collection(page) if page is not None else {"type": "CollectionPage", "items": []}

    with _offline({}):
        return tuple(parse_collection(_tidy_collection(collection), fetcher=fetch))[:MAX_ITEMS]


@contextmanager
def _offline(documents: Mapping[str, Json]) -> Iterator[None]:
    """little-boxes with these documents at hand, its errors translated."""
    token = _AT_HAND.set(documents)
    try:
        yield
    except RecursionLimitExceededError as error:
        raise DocumentTooDeep("the collection does not end") from error
    except (ActivityNotFoundError, UnexpectedActivityTypeError) as error:
        raise DocumentUnsupported("the activity or its object is of a kind that cannot be here") from error
    except (Error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DocumentMalformed("the activity cannot be read") from error
    finally:
        _AT_HAND.reset(token)


def _strip(document: Json) -> Json:
    # Of a Create it would clean the object too, even where that is only an id; and nobody else's.
    stripped = little_boxes.clean_activity({**document, "type": "Object"})
    return {key: document[key] for key in stripped if key in document}


def _parse(document: Json) -> Any:
    copy = deepcopy(document)
    if copy.get("type") not in ENVELOPES:
        raise UnexpectedActivityTypeError("not an envelope")
    actor = copy.get("actor")
    return little_boxes.parse_activity(copy | {"actor": id_of(actor)} if actor else copy)


def _plain(activity: Any) -> Json:
    """The activity as a dict of ours; its context, into which little-boxes writes, stays behind."""
    document: Json = activity.to_dict(embed=True)
    return {key: document[key] for key in ("id", "type", "actor", "object") if key in document}


def _people(*ids: str | None) -> dict[str, Json]:
    """Just enough of each actor: little-boxes asks whether they exist, and believes in Person alone."""
    return {id: {"id": id, "type": "Person"} for id in ids if id}


def _tidy_collection(document: Json) -> Json:
    """A collection or page in the one shape that little-boxes walks safely."""
    kind = _kind_among(document, (*_COLLECTIONS, *_PAGES))
    if kind is None:
        raise UnexpectedActivityTypeError("not a collection")
    items = as_list(document.get("orderedItems")) or as_list(document.get("items"))
    if kind in _PAGES:
        return {"type": kind, "items": items, "next": id_of(document.get("next"))}
    return {"type": kind} | ({"items": items} if items else {"first": _tidy_first(document.get("first"))})


def _tidy_first(page: object) -> Json:
    """The first page: embedded, or, where it is only named, a page before it."""
    page = first(page)
    if isinstance(page, dict) and _kind_among(page, _PAGES):
        return _tidy_collection(page)
    return {"items": [], "next": id_of(page)}


def _kind_among(document: Json, kinds: tuple[str, ...]) -> str | None:
    return next((name for name in types_of(document) if name in kinds), None)
