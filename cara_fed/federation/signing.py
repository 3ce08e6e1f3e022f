"""Signing our own requests, by whichever generation of signatures the other side understands."""

from collections.abc import Mapping, Sequence

from activitypub.errors import SignatureMalformed
from activitypub.signatures import Challenge, Generation, Headers, HttpRequest, sign_draft_cavage, sign_rfc9421
from cara_fed.accounts.keyring import SigningKey
from cara_fed.clock import Clock
from cara_fed.federation.client import Signer
from cara_fed.federation.generations import FIRST_KNOCK


def make_signer(
    key: SigningKey,
    clock: Clock,
    generation: Generation = FIRST_KNOCK,
    challenges: Sequence[Challenge] = (),
    also: Headers = (),
) -> Signer:
    """What the client asks for a signature over each request that it is about to send.

    ``also`` are headers that are sent with it and are to be covered.
    By RFC 9421, the first of the challenges that can be met is; where none can, the signature is our usual one.
    """

    def sign(method: str, url: str, body: bytes | None) -> Mapping[str, str]:
        request = HttpRequest.to(method, url, also, body)
        if generation is Generation.RFC9421:
            return dict(_sign_rfc9421(request, key, clock, challenges))
        return dict(sign_draft_cavage(request, key.key_id, key.private_key, clock.now()))

    return sign


def _sign_rfc9421(request: HttpRequest, key: SigningKey, clock: Clock, challenges: Sequence[Challenge]) -> Headers:
    now = clock.now()
    for challenge in challenges:
        try:
            return sign_rfc9421(request, key.key_id, key.private_key, now, challenge)
        except SignatureMalformed:
            continue
    return sign_rfc9421(request, key.key_id, key.private_key, now)
