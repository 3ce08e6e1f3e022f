"""Quotes (FEP-044f): who lets a post be quoted, how that is asked, and the authorization that proves the answer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from activitypub.audience import read_addresses
from activitypub.documents import Json, first, types_of
from activitypub.errors import ActorMismatch, DocumentUnsupported
from activitypub.origins import same_origin
from activitypub.reading import require_id, usable_id
from activitypub.vocabulary import CONTEXT, PUBLIC

MAX_QUOTERS: Final = 100


class QuotePolicy(StrEnum):
    """Who may quote a post."""

    EVERYONE = "everyone"
    FOLLOWERS = "followers"
    ASK = "ask"
    """Whoever its author lets, each time."""
    NOBODY = "nobody"


class Verdict(StrEnum):
    """What a policy says to somebody who wants to quote."""

    GRANT = "grant"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class QuotePermission:
    """Whom a post's interactionPolicy lets quote it: at once, or after asking. Ids of actors and collections."""

    automatic: tuple[str, ...] = ()
    manual: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """What one of our posts quotes; `authorization_id` once its author permits it."""

    quoted_id: str
    authorization_id: str | None = None


@dataclass(frozen=True, slots=True)
class QuoteAuthorization:
    """That the author of `quoted_id`, who is `author_id`, lets `quoting_id` show it."""

    authorization_id: str
    author_id: str
    quoting_id: str
    quoted_id: str


def build_permission(policy: QuotePolicy, author_id: str, followers_id: str) -> Json:
    """`canQuote` of a post. Nobody but the author is said so, for Mastodon takes silence for that alone."""
    if policy is QuotePolicy.ASK:
        return {"automaticApproval": [author_id], "manualApproval": [PUBLIC]}
    allowed = {QuotePolicy.EVERYONE: PUBLIC, QuotePolicy.FOLLOWERS: followers_id}
    return {"automaticApproval": [allowed.get(policy, author_id)]}


def read_permission(document: Json) -> QuotePermission | None:
    """The post's `canQuote`; None where it says nothing, which Mastodon reads as nobody."""
    policy = first(document.get("interactionPolicy"))
    may_quote = first(policy.get("canQuote")) if isinstance(policy, dict) else None
    if not isinstance(may_quote, dict):
        return None
    automatic = may_quote.get("automaticApproval", may_quote.get("always"))  # GoToSocial's first names
    manual = may_quote.get("manualApproval", may_quote.get("approvalRequired"))
    return QuotePermission(read_addresses(automatic, MAX_QUOTERS), read_addresses(manual, MAX_QUOTERS))


def judge_own(policy: QuotePolicy, *, is_follower: bool) -> Verdict:
    """What the policy of one of our posts says to somebody else."""
    if policy is QuotePolicy.EVERYONE or (policy is QuotePolicy.FOLLOWERS and is_follower):
        return Verdict.GRANT
    return Verdict.ASK if policy is QuotePolicy.ASK else Verdict.REFUSE


def judge(permission: QuotePermission | None, names: frozenset[str]) -> Verdict:
    """What somebody else's post says to one who goes by these ids: their own, and the collections they are in."""
    if permission is None:
        return Verdict.REFUSE
    known_as = names | {PUBLIC}
    if known_as.intersection(permission.automatic):
        return Verdict.GRANT
    return Verdict.ASK if known_as.intersection(permission.manual) else Verdict.REFUSE


def build_quote(quote: Quote) -> Json:
    """The terms of a Note that quotes another: FEP-044f's, Misskey's and Fedibird's."""
    terms = dict.fromkeys(("quote", "_misskey_quote", "quoteUri"), quote.quoted_id)
    return terms | ({"quoteAuthorization": quote.authorization_id} if quote.authorization_id else {})


def build_quote_request(*, activity_id: str, actor_id: str, quoted_id: str, author_id: str, instrument: Any) -> Json:
    """Asking to quote a post; ``instrument`` is the post that does so, by its id or whole."""
    return {
        "@context": CONTEXT,
        "id": activity_id,
        "type": "QuoteRequest",
        "actor": actor_id,
        "object": quoted_id,
        "instrument": instrument,
        "to": [author_id],
    }


def build_quote_answer(request: Json, *, activity_id: str, author_id: str, authorization_id: str | None) -> Json:
    """Accept of a QuoteRequest with what proves it, or Reject without."""
    asked = {key: request[key] for key in ("id", "type", "actor", "object")}
    asked["instrument"] = usable_id(request["instrument"])
    answer = {
        "@context": CONTEXT,
        "id": activity_id,
        "type": "Accept" if authorization_id else "Reject",
        "actor": author_id,
        "object": asked,
        "to": [request["actor"]],
    }
    return answer | ({"result": authorization_id} if authorization_id else {})


def build_authorization(authorization: QuoteAuthorization) -> Json:
    """The authorization as a document of its own."""
    return {
        "@context": CONTEXT,
        "id": authorization.authorization_id,
        "type": "QuoteAuthorization",
        "attributedTo": authorization.author_id,
        "interactingObject": authorization.quoting_id,
        "interactionTarget": authorization.quoted_id,
    }


def build_revocation(authorization: QuoteAuthorization, *, activity_id: str, followers_id: str) -> Json:
    """Delete of an authorization, whole, so that whoever knows it by what it is about finds it too."""
    stated = build_authorization(authorization)
    return {
        "@context": stated.pop("@context"),
        "id": activity_id,
        "type": "Delete",
        "actor": authorization.author_id,
        "object": stated,
        "to": [PUBLIC],
        "cc": [followers_id],
    }


def read_authorization(document: Json) -> QuoteAuthorization:
    """An authorization as its server gives it. Raises a DocumentError for another document, or ActorMismatch for one
    that speaks for an author or a post of another server."""
    if "QuoteAuthorization" not in types_of(document):
        raise DocumentUnsupported("the document authorizes no quote")
    stated = [usable_id(document.get(key)) for key in ("attributedTo", "interactingObject", "interactionTarget")]
    author_id, quoting_id, quoted_id = stated
    if author_id is None or quoting_id is None or quoted_id is None:
        raise DocumentUnsupported("the authorization does not say what it is about")
    authorization_id = require_id(document)
    if not same_origin(authorization_id, author_id) or not same_origin(authorization_id, quoted_id):
        raise ActorMismatch("the authorization is for somebody else's post")
    return QuoteAuthorization(authorization_id, author_id, quoting_id, quoted_id)
