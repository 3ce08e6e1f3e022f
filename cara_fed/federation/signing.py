"""Signing our own requests, by whichever generation of signatures the other side understands."""

from collections.abc import Callable, Mapping

from activitypub.keys import PrivateKey
from activitypub.signatures import Generation, Headers, HttpRequest, sign_draft_cavage, sign_rfc9421
from cara_fed.accounts.keyring import SigningKey
from cara_fed.clock import Clock
from cara_fed.federation.client import Signer

SIGN: Mapping[Generation, Callable[..., Headers]] = {
    Generation.DRAFT_CAVAGE: sign_draft_cavage,
    Generation.RFC9421: sign_rfc9421,
}
# What nearly every server verifies; snac even answers 202 to what it then cannot verify, so nothing is tried blindly.
FIRST_KNOCK = Generation.DRAFT_CAVAGE


def make_signer(key: SigningKey, clock: Clock, generation: Generation = FIRST_KNOCK) -> Signer:
    """What the client asks for a signature over each request that it is about to send."""

    def sign(method: str, url: str, body: bytes | None) -> dict[str, str]:
        request = HttpRequest.to(method, url, body=body)
        private_key: PrivateKey = key.private_key
        return dict(SIGN[generation](request, key.key_id, private_key, clock.now()))

    return sign
