"""HTTP signatures of both generations behind one door: read what a request carries, verify it, sign our own."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from activitypub.errors import SignatureMalformed, SignatureMissing
from activitypub.keys import PublicKey
from activitypub.signatures.challenges import Challenge, read_challenges
from activitypub.signatures.draft_cavage import (
    CavageSignature,
    read_cavage_signature,
    sign_draft_cavage,
    verify_draft_cavage,
)
from activitypub.signatures.request import Headers, HttpRequest
from activitypub.signatures.rfc9421 import (
    MessageSignature,
    read_message_signatures,
    sign_rfc9421,
    verify_rfc9421,
)

__all__ = [
    "WEB_BOT_TAG",
    "CavageSignature",
    "Challenge",
    "Generation",
    "Headers",
    "HttpRequest",
    "MessageSignature",
    "Signature",
    "generation_of",
    "read_challenges",
    "read_signatures",
    "sign_draft_cavage",
    "sign_rfc9421",
    "verify_signature",
]

WEB_BOT_TAG: Final = "web-bot-auth"
MAX_SIGNATURES: Final = 8
"""Of one request: each may cost the lookup of a key."""

Signature = CavageSignature | MessageSignature


class Generation(StrEnum):
    """Which of the two standards a signature follows."""

    DRAFT_CAVAGE = "draft-cavage"
    RFC9421 = "rfc9421"


def generation_of(signature: Signature) -> Generation:
    return Generation.DRAFT_CAVAGE if isinstance(signature, CavageSignature) else Generation.RFC9421


def read_signatures(request: HttpRequest) -> tuple[Signature, ...]:
    """The request's signatures, in order, none of them verified yet; a web bot's are not made to federate with.

    Raises SignatureMissing where there is none and SignatureMalformed where one cannot be read.
    """
    signatures = _read_all(request)
    if not signatures:
        raise SignatureMissing("the request is not signed")
    if len(signatures) > MAX_SIGNATURES:
        raise SignatureMalformed(f"the request carries more than {MAX_SIGNATURES} signatures")
    return signatures


def verify_signature(request: HttpRequest, signature: Signature, public_key: PublicKey, now: datetime) -> None:
    """Raises a SignatureError unless the key's holder made this request, recently, and all that matters is covered.

    Covered on a POST: method, target, host, body, time; on a GET all of these but the body.
    """
    if isinstance(signature, CavageSignature):
        verify_draft_cavage(request, signature, public_key, now)
    else:
        verify_rfc9421(request, signature, public_key, now)


def _read_all(request: HttpRequest) -> tuple[Signature, ...]:
    if request.value("signature-input") is not None:
        return tuple(each for each in read_message_signatures(request) if each.tag != WEB_BOT_TAG)
    headers = request.values("signature") or _authorization(request)
    return tuple(read_cavage_signature(header) for header in headers)


def _authorization(request: HttpRequest) -> list[str]:
    """Draft-cavage allows the signature in `Authorization: Signature …` too."""
    return [value for value in request.values("authorization") if value.startswith("Signature ")]
