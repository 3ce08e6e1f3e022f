"""Asking another host with the signature that it understands, and once more with another where it answers 401."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Final, TypeAlias

from activitypub.origins import netloc_of
from activitypub.signatures import Challenge, Generation, Headers, read_challenges
from cara_fed.accounts.keyring import SigningKey
from cara_fed.federation.client import Response, Signer
from cara_fed.federation.generations import FIRST_KNOCK
from cara_fed.federation.signing import make_signer
from cara_fed.services import Services

UNAUTHORISED: Final = 401

Ask: TypeAlias = Callable[[Signer], Awaitable[Response]]
"""Send the request, signed by this."""


async def knock(services: Services, url: str, key: SigningKey, ask: Ask, also: Headers = ()) -> Response:
    """The answer to a signed request for `url`, which `ask` sends, and sends again where a 401 may be our signature's.

    The signature covers ``also``, headers that ``ask`` sends. What the host took instead is remembered.
    Raises what `ask` raises, and IdUnacceptable.
    """
    netloc, generations = netloc_of(url), services.generations
    first = await generations.choose(netloc)
    response = await ask(_signer(services, netloc, key, first, also=also))
    if response.status != UNAUTHORISED or netloc_of(response.url) != netloc:
        return response
    challenges = read_challenges(response.headers.get("accept-signature", ""))
    for generation in _others(first, challenges):
        response = await ask(_signer(services, netloc, key, generation, challenges, also))
        if response.status != UNAUTHORISED:
            if response.ok:
                await generations.record(netloc, generation)
            return response
    if first is not FIRST_KNOCK:
        await generations.record(netloc, None)
    return response


def _others(first: Generation, challenges: tuple[Challenge, ...]) -> Iterator[Generation]:
    """What is worth trying after a 401: what was asked for, and what a host that forgot RFC 9421 still knows."""
    if challenges:
        yield Generation.RFC9421
    if first is not FIRST_KNOCK:
        yield FIRST_KNOCK


def _signer(
    services: Services,
    netloc: str,
    key: SigningKey,
    generation: Generation,
    challenges: tuple[Challenge, ...] = (),
    also: Headers = (),
) -> Signer:
    """Signs so for this host; another one, to which it may redirect, gets what everybody gets."""
    here = make_signer(key, services.clock, generation, challenges, also)

    def sign(method: str, url: str, body: bytes | None) -> Mapping[str, str]:
        signer = here if netloc_of(url) == netloc else make_signer(key, services.clock)
        return signer(method, url, body)

    return sign
