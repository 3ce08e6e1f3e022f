"""Stories of two generations of signatures: which one a server gets, how that is learnt, and how it is forgotten."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from activitypub.keys import PublicKey
from activitypub.signatures import (
    Generation,
    HttpRequest,
    MessageSignature,
    generation_of,
    read_signatures,
    verify_signature,
)
from cara_fed.asgi import Answer, Receive, Scope, Send, read_body
from storage.deliveries import QUEUED
from tests.support.fediverse import Fediverse, Instance
from tests.support.strangers import Stranger

CAVAGE, RFC9421 = Generation.DRAFT_CAVAGE, Generation.RFC9421
CAPABILITY = {"type": "Link", "href": "https://datatracker.ietf.org/doc/html/rfc9421", "name": "RFC 9421"}
ASKS = 'sig1=("@method" "@target-uri" "@authority" "content-digest");created'


@dataclass
class Server(Stranger):
    """A server that takes some generations of signatures, whatever they sign, and answers 401 to the others."""

    takes: set[Generation] = field(default_factory=lambda: {CAVAGE})
    asks: str = ""
    nonce: str = ""
    knocks: list[tuple[str, Generation]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, sender: Send) -> None:
        body = await read_body(scope, receive, max_bytes=2**24, seconds=5)
        headers = tuple((name.decode(), value.decode()) for name, value in scope["headers"])
        url = f"https://{self.domain}{scope['path']}"
        request = HttpRequest(scope["method"], scope["path"], headers, body or None, url)
        (signature,) = read_signatures(request)
        self.knocks.append((scope["method"], generation_of(signature)))
        if not self._is_taken(signature):
            challenge = ((b"accept-signature", self.asks.encode()),) if self.asks else ()
            await Answer(401, b"", challenge).send(sender)
        elif scope["method"] == "POST":
            await Answer(202).send(sender)
        else:
            await self.documents.get(scope["path"], Answer(404)).send(sender)

    def _is_taken(self, signature: Any) -> bool:
        if self.nonce and not (isinstance(signature, MessageSignature) and signature.nonce == self.nonce):
            return False
        return generation_of(signature) in self.takes

    @property
    def posts(self) -> list[Generation]:
        """How each request to an inbox was signed, in order."""
        return [generation for method, generation in self.knocks if method == "POST"]

    @property
    def gets(self) -> list[Generation]:
        return [generation for method, generation in self.knocks if method == "GET"]

    def follow(self, target: str) -> dict[str, Any]:
        return self.activity("Follow", target)


@pytest.fixture
def theo(fediverse: Fediverse, studio: Instance) -> Server:
    return Server("gallery.example", fediverse.network, fediverse.time, fediverse.keys.next_rsa(), "theo")


async def follow(studio: Instance, theo: Server, generation: Generation = CAVAGE) -> None:
    signing = replace(theo.signing, generation=generation)
    response = await theo.post(f"{studio.actor('mara')}/inbox", theo.follow(studio.actor("mara")), signing=signing)
    assert response.status_code == 202


async def be_followed(fediverse: Fediverse, studio: Instance, theo: Server, generation: Generation = CAVAGE) -> None:
    """Let theo follow by a request of this generation, and the Accept reach him."""
    await follow(studio, theo, generation)
    await fediverse.settle()


async def publish(fediverse: Fediverse, studio: Instance, theo: Server) -> list[Generation]:
    """Publish a post; with which signatures it was brought to theo's server."""
    before = len(theo.posts)
    await studio.publish("mara", "a hill")
    await fediverse.settle()
    return theo.posts[before:]


async def test_a_server_nothing_is_known_of_gets_draft_cavage(
    fediverse: Fediverse, studio: Instance, theo: Server
) -> None:
    theo.takes = {CAVAGE, RFC9421}
    await be_followed(fediverse, studio, theo, CAVAGE)
    assert await publish(fediverse, studio, theo) == [CAVAGE]
    assert set(theo.gets) == {CAVAGE}


async def test_who_signs_by_rfc9421_gets_it_for_deliveries_and_for_gets(
    fediverse: Fediverse, studio: Instance, theo: Server
) -> None:
    theo.takes = {CAVAGE, RFC9421}
    await be_followed(fediverse, studio, theo, RFC9421)
    assert theo.gets[0] is CAVAGE  # the key, asked for before anything was known
    assert theo.posts == [RFC9421]  # the Accept
    assert await publish(fediverse, studio, theo) == [RFC9421]
    theo.knocks.clear()
    await studio.follow("mara", theo.actor)
    assert CAVAGE not in theo.gets


async def test_a_signature_that_does_not_verify_teaches_nothing(
    fediverse: Fediverse, studio: Instance, theo: Server
) -> None:
    forged = replace(theo.signing, private_key=fediverse.keys.next_rsa(), generation=RFC9421)
    inbox = f"{studio.actor('mara')}/inbox"
    assert (await theo.post(inbox, theo.follow(studio.actor("mara")), signing=forged)).status_code == 401
    await be_followed(fediverse, studio, theo, CAVAGE)
    assert theo.posts == [CAVAGE]


@pytest.mark.parametrize(
    "stated",
    [
        {"generator": {"type": "Application", "implements": [CAPABILITY]}},
        {"generator": {"type": "Application", "implements": CAPABILITY["href"]}},
        {"generator": [{"type": "Application", "implements": CAPABILITY}]},
        {"type": "Application", "implements": [{"href": "https://w3id.org/fep/844e"}, CAPABILITY]},
    ],
)
async def test_who_says_that_it_takes_rfc9421_gets_it(
    fediverse: Fediverse, studio: Instance, theo: Server, stated: dict[str, Any]
) -> None:
    theo.takes = {CAVAGE, RFC9421}
    theo.serve("/users/theo", theo.actor_document(**stated))
    await be_followed(fediverse, studio, theo, CAVAGE)
    assert theo.posts == [RFC9421]


@pytest.mark.parametrize(
    "stated",
    [
        {"generator": "https://gallery.example/actor"},
        {"generator": {"implements": [{**CAPABILITY, "href": "https://datatracker.ietf.org/doc/html/rfc942"}]}},
        {"generator": {"implements": {"implements": [CAPABILITY]}}},
        {"implements": [7, None, True, {"name": CAPABILITY["name"]}]},
    ],
)
async def test_what_says_less_teaches_nothing(
    fediverse: Fediverse, studio: Instance, theo: Server, stated: dict[str, Any]
) -> None:
    theo.serve("/users/theo", theo.actor_document(**stated))
    await be_followed(fediverse, studio, theo, CAVAGE)
    assert theo.posts == [CAVAGE]


async def test_who_asks_for_rfc9421_gets_it_at_once_and_from_then_on(
    fediverse: Fediverse, studio: Instance, theo: Server
) -> None:
    theo.takes, theo.asks = {RFC9421}, ASKS
    await be_followed(
        fediverse, studio, theo, RFC9421
    )  # known by this alone, were it not that the key has to be fetched first
    assert theo.gets[:2] == [CAVAGE, RFC9421]
    assert theo.posts == [RFC9421]
    assert await publish(fediverse, studio, theo) == [RFC9421]


async def test_a_nonce_is_given_back_each_time_it_is_asked_for(
    fediverse: Fediverse, studio: Instance, theo: Server
) -> None:
    theo.takes = {CAVAGE, RFC9421}
    await be_followed(fediverse, studio, theo, RFC9421)
    theo.nonce, theo.asks = "b1e5", f'{ASKS};nonce="b1e5";tag="gallery"'
    assert await publish(fediverse, studio, theo) == [RFC9421, RFC9421]
    theo.nonce, theo.asks = "c2f6", f'{ASKS};nonce="c2f6"'
    assert await publish(fediverse, studio, theo) == [RFC9421, RFC9421]
    assert await deliveries_left(studio) == 0


async def test_what_is_asked_for_is_signed(fediverse: Fediverse, studio: Instance, theo: Server) -> None:
    await be_followed(fediverse, studio, theo)
    theo.takes, theo.nonce = {RFC9421}, "n"
    theo.asks = (
        f'ask1=("x-unheard-of");nonce="n", ask2=("@path" "@authority");created;expires;nonce="n";tag="t", {ASKS}'
    )
    await publish(fediverse, studio, theo)
    exchange = [seen for seen in fediverse.network.exchanges if seen.url.startswith(theo.base)][-1]
    assert (exchange.method, exchange.status) == ("POST", 202)
    signature = require_verified(studio, exchange.request, await public_key(studio))
    assert (signature.label, signature.nonce, signature.tag) == ("ask2", "n", "t")
    covered = {str(item.value) for item in signature.covered}
    assert covered == {"@path", "@authority", "@method", "@target-uri", "content-digest"}
    assert signature.created is not None
    assert signature.expires == signature.created + 3600


@pytest.mark.parametrize(
    "asks",
    [
        'sig1=("@status")',
        "sig1",
        "(",
        'sig1=("@method");alg="ed25519"',
        'sig1=("x-unheard-of")',
        'sig1=("@method";req)',
    ],
)
async def test_a_challenge_that_cannot_be_met_costs_one_more_request_at_most(
    fediverse: Fediverse, studio: Instance, theo: Server, asks: str
) -> None:
    await be_followed(fediverse, studio, theo)
    theo.takes, theo.asks = set(), asks
    assert await publish(fediverse, studio, theo) in ([CAVAGE], [CAVAGE, RFC9421])
    assert await deliveries_left(studio) == 1


async def test_a_server_that_forgot_rfc9421_gets_what_it_still_knows(
    fediverse: Fediverse, studio: Instance, theo: Server
) -> None:
    theo.takes = {CAVAGE, RFC9421}
    await be_followed(fediverse, studio, theo, RFC9421)
    theo.takes = {CAVAGE}
    assert await publish(fediverse, studio, theo) == [RFC9421, CAVAGE]
    assert await publish(fediverse, studio, theo) == [CAVAGE]
    # It goes on signing by RFC 9421 itself, but has just refused ours.
    await follow(studio, theo, RFC9421)
    assert await publish(fediverse, studio, theo) == [CAVAGE]
    fediverse.time.pass_by(days=7)
    await follow(studio, theo, RFC9421)
    assert await publish(fediverse, studio, theo) == [RFC9421, CAVAGE]


async def test_a_server_that_refuses_both_is_met_with_the_safe_one_next_time(
    fediverse: Fediverse, studio: Instance, theo: Server
) -> None:
    theo.takes = {CAVAGE, RFC9421}
    await be_followed(fediverse, studio, theo, RFC9421)
    theo.takes = set()
    assert await publish(fediverse, studio, theo) == [RFC9421, CAVAGE]
    assert await deliveries_left(studio) == 1
    theo.takes = {CAVAGE}
    fediverse.time.pass_by(hours=1)
    await fediverse.settle()
    assert theo.posts[-1] is CAVAGE
    assert await deliveries_left(studio) == 0


async def test_what_is_not_heard_again_is_forgotten_after_a_month(
    fediverse: Fediverse, studio: Instance, theo: Server
) -> None:
    """Another software may live there now, perhaps one that answers 202 to what it cannot verify."""
    theo.takes = {CAVAGE, RFC9421}
    await be_followed(fediverse, studio, theo, RFC9421)
    fediverse.time.pass_by(days=29)
    assert await publish(fediverse, studio, theo) == [RFC9421]
    fediverse.time.pass_by(days=1)
    assert await publish(fediverse, studio, theo) == [CAVAGE]


async def test_other_processes_learn_of_it(fediverse: Fediverse, studio: Instance, theo: Server) -> None:
    theo.takes = {CAVAGE, RFC9421}
    await be_followed(fediverse, studio, theo, CAVAGE)
    async with studio.services.database.unit_of_work() as records:
        await records.hosts.record_signature_generation(theo.domain, RFC9421, fediverse.time.now)
    fediverse.time.pass_by(minutes=5)
    assert await publish(fediverse, studio, theo) == [RFC9421]


async def test_what_is_heard_while_it_is_looked_up_is_not_lost(studio: Instance) -> None:
    generations = studio.services.generations
    for turn in range(20):
        netloc = f"server{turn}.example"
        await asyncio.gather(generations.choose(netloc), generations.hear_rfc9421(netloc), generations.choose(netloc))
        assert await generations.choose(netloc) is RFC9421


async def test_a_redirect_to_another_server_is_signed_for_that_one(
    fediverse: Fediverse, studio: Instance, theo: Server
) -> None:
    theo.takes = {CAVAGE, RFC9421}
    other = Server("old.example", fediverse.network, fediverse.time, fediverse.keys.next_rsa(), "lou")
    await follow(studio, theo, RFC9421)
    theo.documents["/moved"] = Answer(301, b"", ((b"location", f"{other.actor}".encode()),))
    theo.knocks.clear()
    await studio.follow("mara", f"{theo.base}/moved")
    assert theo.gets[0] is RFC9421
    assert set(other.gets) == {CAVAGE}


async def test_two_instances_come_to_speak_rfc9421_with_each_other(fediverse: Fediverse, studio: Instance) -> None:
    """Each says on its actors that it takes it."""
    (gallery,) = await fediverse.start("gallery.example")
    await gallery.add_artist("theo")
    await gallery.follow("theo", studio.actor("mara"))
    await fediverse.settle()
    await studio.publish("mara", "a hill")
    await fediverse.settle()
    assert len(await gallery.home_of("theo")) == 1
    post = [seen.request for seen in fediverse.network.exchanges if seen.method == "POST"][-1]
    assert "signature-input" in post.headers


async def deliveries_left(studio: Instance) -> int:
    async with studio.services.database.reading() as records:
        return len(await records.deliveries.find_page(QUEUED))


async def public_key(studio: Instance) -> PublicKey:
    artist = await studio.artist("mara")
    async with studio.services.database.reading() as records:
        key = await records.keys.get_current(artist.pk, "rsa")
    return PublicKey(key.key_id, studio.actor("mara"), "rsa", key.public_pem)


def require_verified(studio: Instance, request: Any, key: PublicKey) -> MessageSignature:
    read = HttpRequest.to(request.method, str(request.url), request.headers.items(), request.content)
    (signature,) = read_signatures(read)
    assert isinstance(signature, MessageSignature)
    verify_signature(read, signature, key, studio.time.now)
    return signature
