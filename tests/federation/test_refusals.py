"""Every way to be refused at an inbox, each over HTTP and each with one thing wrong."""

import gzip
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from activitypub.documents import dump_document
from activitypub.http_dates import format_http_date
from activitypub.keys import generate_rsa
from activitypub.signatures.digests import make_digest
from tests.support.fediverse import Fediverse, Instance
from tests.support.sending import Signing, sent_to, with_body, with_header
from tests.support.strangers import Json, Stranger


@pytest.fixture
async def studio(fediverse: Fediverse) -> Instance:
    (studio,) = await fediverse.start("studio.example", federation={"max_document_kib": 16})
    await studio.add_artist("mara")
    return studio


@pytest.fixture
def eve(fediverse: Fediverse, studio: Instance) -> Stranger:
    return fediverse.stranger("far.example")


@pytest.fixture
async def nothing_happened(fediverse: Fediverse, studio: Instance) -> AsyncIterator[None]:
    """What was refused leaves no trace: no row in the log, no follower, no answer."""
    yield
    assert await studio.inbox_states() == {}
    await fediverse.settle()
    assert await studio.followers_of("mara") == set()


def follow_of(eve: Stranger, studio: Instance) -> Json:
    return eve.activity("Follow", studio.actor("mara"))


def error_of(response: httpx.Response) -> str:
    assert response.headers["content-type"].startswith("application/json")
    return str(response.json()["error"])


async def test_a_good_follow_is_taken(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    response = await eve.post(studio.shared_inbox, follow_of(eve, studio))
    await fediverse.settle()

    assert (response.status_code, response.content) == (202, b"")
    assert await studio.followers_of("mara") == {eve.actor}


@pytest.mark.usefixtures("nothing_happened")
class TestSignatures:
    async def test_unsigned(self, studio: Instance, eve: Stranger) -> None:
        response = await eve.post(studio.shared_inbox, follow_of(eve, studio), unsigned=True)
        assert response.status_code == 401
        assert error_of(response) == "the request is not signed"
        assert "signature" in response.headers["www-authenticate"].lower()

    async def test_another_servers_key(self, fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
        (forger,) = await fediverse.start("forger.example")
        response = await forger.post(studio.shared_inbox, follow_of(eve, studio), as_=eve.actor)
        assert response.status_code == 401

    async def test_a_key_that_nobody_publishes(self, studio: Instance, eve: Stranger) -> None:
        signing = Signing(f"{eve.actor}#other-key", generate_rsa())
        response = await eve.post(studio.shared_inbox, follow_of(eve, studio), signing=signing)
        assert response.status_code == 401

    async def test_a_key_that_cannot_be_fetched(self, fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
        fediverse.network.unplugged.add(eve.domain)
        response = await eve.post(studio.shared_inbox, follow_of(eve, studio))
        assert response.status_code == 401
        assert "could not be fetched" in error_of(response)

    async def test_a_key_of_ours(self, studio: Instance, eve: Stranger) -> None:
        signing = Signing(f"{studio.actor('mara')}#main-key", eve.private_key)
        response = await eve.post(studio.shared_inbox, follow_of(eve, studio), signing=signing)
        assert response.status_code == 401

    async def test_a_key_whose_owner_does_not_list_it(self, studio: Instance, eve: Stranger) -> None:
        key = {"id": f"{eve.base}/keys/1", "owner": eve.actor, "publicKeyPem": generate_rsa().public_pem}
        eve.serve("/keys/1", {**key, "type": "Key"})
        signing = Signing(f"{eve.base}/keys/1", eve.private_key)
        response = await eve.post(studio.shared_inbox, follow_of(eve, studio), signing=signing)
        assert response.status_code == 401

    async def test_a_key_that_claims_an_owner_elsewhere(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger
    ) -> None:
        victim = fediverse.stranger("victim.example", "vera")
        key_id = f"{eve.actor}#main-key"
        key = {"id": key_id, "owner": victim.actor, "publicKeyPem": eve.private_key.public_pem}
        eve.serve("/users/eve", eve.actor_document(publicKey=key))
        response = await eve.post(
            studio.shared_inbox, victim.activity("Follow", studio.actor("mara")), signing=eve.signing
        )
        assert response.status_code == 401

    @pytest.mark.parametrize("hours", [-12.1, 1.1])
    async def test_a_stale_or_future_date(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger, hours: float
    ) -> None:
        fediverse.time.pass_by(hours=hours)
        body = dump_document(follow_of(eve, studio))
        eve.time = replace(fediverse.time)
        fediverse.time.pass_by(hours=-hours)
        response = await eve.post(studio.shared_inbox, body)
        assert response.status_code == 401

    async def test_a_date_changed_after_signing(self, fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
        later = format_http_date(fediverse.time.now + timedelta(minutes=1))
        change = with_header("date", later)
        response = await eve.post(studio.shared_inbox, follow_of(eve, studio), change=change)
        assert response.status_code == 401

    @pytest.mark.parametrize("missing", ["(request-target)", "host", "date", "digest"])
    async def test_an_uncovered_part(self, studio: Instance, eve: Stranger, missing: str) -> None:
        parts = tuple(part for part in ("(request-target)", "host", "date", "digest") if part != missing)
        signing = replace(eve.signing, covered=parts)
        response = await eve.post(studio.shared_inbox, follow_of(eve, studio), signing=signing)
        assert response.status_code == 401
        assert missing in error_of(response)

    async def test_an_altered_body(self, studio: Instance, eve: Stranger) -> None:
        other = dump_document(eve.activity("Follow", studio.actor("mara"), number=2))
        response = await eve.post(studio.shared_inbox, follow_of(eve, studio), change=with_body(other))
        assert response.status_code == 401

    async def test_a_body_and_digest_altered_together(self, studio: Instance, eve: Stranger) -> None:
        other = eve.activity("Follow", studio.actor("mara"), number=2)

        def change(request: httpx.Request) -> httpx.Request:
            body = dump_document(other)
            changed = with_body(body)(request)
            return with_header("digest", make_digest(body))(changed)

        response = await eve.post(studio.shared_inbox, follow_of(eve, studio), change=change)
        assert response.status_code == 401

    async def test_a_replay_of_what_was_sent_to_another_host(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger
    ) -> None:
        fediverse.stranger("other.example")
        change = sent_to(studio.shared_inbox)
        response = await eve.post("https://other.example/inbox", follow_of(eve, studio), change=change)
        assert response.status_code == 401

    async def test_a_replay_at_another_address_here(self, studio: Instance, eve: Stranger) -> None:
        change = sent_to(f"{studio.actor('mara')}/inbox")
        response = await eve.post(studio.shared_inbox, follow_of(eve, studio), change=change)
        assert response.status_code == 401


@pytest.mark.usefixtures("nothing_happened")
class TestAuthority:
    async def test_an_actor_who_does_not_own_the_key(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger
    ) -> None:
        theo = fediverse.stranger("gallery.example", "theo")
        response = await eve.post(studio.shared_inbox, theo.activity("Follow", studio.actor("mara")))
        assert response.status_code == 403

    async def test_another_actor_of_the_same_server(self, studio: Instance, eve: Stranger) -> None:
        follow = {**follow_of(eve, studio), "actor": f"{eve.base}/users/bob"}
        response = await eve.post(studio.shared_inbox, follow)
        assert response.status_code == 403

    async def test_an_activity_id_of_another_server(self, studio: Instance, eve: Stranger) -> None:
        follow = {**follow_of(eve, studio), "id": "https://gallery.example/follows/1"}
        response = await eve.post(studio.shared_inbox, follow)
        assert response.status_code == 403

    @pytest.mark.parametrize("type_", ["Create", "Update", "Delete"])
    async def test_an_object_id_of_another_server(self, studio: Instance, eve: Stranger, type_: str) -> None:
        note = eve.note(1, id="https://gallery.example/users/theo/notes/1")
        response = await eve.post(studio.shared_inbox, eve.activity(type_, note))
        assert response.status_code == 403

    async def test_an_object_id_of_ours(self, studio: Instance, eve: Stranger) -> None:
        note = eve.note(1, id=f"{studio.actor('mara')}/posts/1")
        response = await eve.post(studio.shared_inbox, eve.activity("Update", note))
        assert response.status_code == 403

    async def test_a_post_by_somebody_else(self, studio: Instance, eve: Stranger) -> None:
        note = eve.note(1, attributedTo=f"{eve.base}/users/bob")
        response = await eve.post(studio.shared_inbox, eve.activity("Create", note))
        assert response.status_code == 403

    async def test_an_actor_of_ours(self, fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
        follow = {**follow_of(eve, studio), "actor": studio.actor("mara")}
        assert (await eve.post(studio.shared_inbox, follow)).status_code == 403

    async def test_an_http_actor(self, studio: Instance, eve: Stranger) -> None:
        follow = {**follow_of(eve, studio), "actor": "http://far.example/users/eve"}
        assert (await eve.post(studio.shared_inbox, follow)).status_code in (400, 403)


@pytest.mark.usefixtures("nothing_happened")
class TestBodies:
    @pytest.mark.parametrize("declared", [True, False])
    async def test_an_oversized_body(self, studio: Instance, eve: Stranger, declared: bool) -> None:
        follow = {**follow_of(eve, studio), "content": "x" * 20_000}

        def undeclared(request: httpx.Request) -> httpx.Request:
            if not declared:
                del request.headers["content-length"]
            return request

        response = await eve.post(studio.shared_inbox, follow, change=undeclared)
        assert response.status_code == 413

    async def test_deep_json(self, studio: Instance, eve: Stranger) -> None:
        deep = b'{"type":"Follow","object":' + b"[" * 5000 + b"]" * 5000 + b"}"
        response = await eve.post(studio.shared_inbox, deep)
        assert response.status_code == 400

    @pytest.mark.parametrize(
        "body", [b"", b"[]", b"follow me", b'{"type":"Follow"', b"\xff\xfe{}", b'{"type":"Follow"}']
    )
    async def test_what_is_no_activity(self, studio: Instance, eve: Stranger, body: bytes) -> None:
        response = await eve.post(studio.shared_inbox, body)
        assert response.status_code == 400

    async def test_a_bare_note(self, studio: Instance, eve: Stranger) -> None:
        response = await eve.post(studio.shared_inbox, eve.note(1))
        assert response.status_code == 400

    async def test_a_decompression_bomb(self, studio: Instance, eve: Stranger) -> None:
        bomb = gzip.compress(b'{"content":"' + b" " * 8_000_000 + b'"}')
        response = await eve.post(studio.shared_inbox, bomb, headers={"content-encoding": "gzip"})
        assert response.status_code == 415

    @pytest.mark.parametrize(
        "type_",
        ["", "text/plain", "application/json", "text/html", 'application/ld+json; profile="https://example.com/other"'],
    )
    async def test_a_wrong_content_type(self, studio: Instance, eve: Stranger, type_: str) -> None:
        response = await eve.post(studio.shared_inbox, follow_of(eve, studio), headers={"content-type": type_})
        assert response.status_code == 415

    async def test_nobodys_inbox(self, studio: Instance, eve: Stranger) -> None:
        response = await eve.post(f"{studio.base}/users/nobody/inbox", follow_of(eve, studio))
        assert response.status_code == 404


@pytest.mark.usefixtures("nothing_happened")
class TestListed:
    @pytest.mark.parametrize("entry", ["far.example", "https://far.example/users/eve"])
    async def test_a_follow_of_the_listed(self, studio: Instance, eve: Stranger, entry: str) -> None:
        await studio.list_entry(entry)
        response = await eve.post(f"{studio.actor('mara')}/inbox", follow_of(eve, studio))
        assert response.status_code == 403
        assert "blocklist" in error_of(response)
        assert ("follow", eve.actor) in await studio.refusals()

    async def test_a_subdomain_of_the_listed(self, fediverse: Fediverse, studio: Instance) -> None:
        await studio.list_entry("far.example")
        eve = fediverse.stranger("sub.far.example")
        assert (await eve.post(studio.shared_inbox, follow_of(eve, studio))).status_code == 403

    async def test_dropped_instead_of_rejected(self, studio: Instance, eve: Stranger) -> None:
        await studio.list_entry("far.example", policy="drop")
        response = await eve.post(studio.shared_inbox, follow_of(eve, studio))
        assert response.status_code == 202
        assert await studio.refusals() != []

    async def test_anything_else_of_the_listed(self, studio: Instance, eve: Stranger) -> None:
        await studio.list_entry("far.example")
        response = await eve.post(studio.shared_inbox, eve.activity("Create", eve.note(1)))
        assert response.status_code == 403
        assert ("inbox", eve.actor) in await studio.refusals()

    async def test_the_listed_are_asked_for_nothing(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger
    ) -> None:
        await studio.list_entry("far.example")
        await eve.post(studio.shared_inbox, follow_of(eve, studio))
        assert fediverse.network.seen("GET", "far.example") == []

    async def test_a_listed_key_for_somebody_else(self, fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
        await studio.list_entry("far.example")
        theo = fediverse.stranger("gallery.example", "theo")
        response = await eve.post(studio.shared_inbox, theo.activity("Follow", studio.actor("mara")))
        assert response.status_code == 403


async def test_a_duplicate_has_one_effect(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    follow = follow_of(eve, studio)
    statuses = [(await eve.post(studio.shared_inbox, follow)).status_code for _ in range(3)]
    await fediverse.settle()
    statuses.append((await eve.post(studio.shared_inbox, follow)).status_code)
    await fediverse.settle()

    assert statuses == [202, 202, 202, 202]
    assert await studio.inbox_states() == {"handled": 1}
    assert len(eve.received) == 1


async def test_a_key_is_fetched_once_more_when_it_was_rotated(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    await eve.post(studio.shared_inbox, follow_of(eve, studio))
    eve.private_key = generate_rsa()
    eve.serve("/users/eve", eve.actor_document())

    undo = eve.activity("Undo", follow_of(eve, studio))
    assert (await eve.post(studio.shared_inbox, undo)).status_code == 202
    await fediverse.settle()
    assert await studio.followers_of("mara") == set()


async def test_a_key_under_a_path_of_its_own(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    """GoToSocial's keys have addresses, at which the actor is served."""
    key_id = f"{eve.actor}/main-key"
    document = eve.actor_document(
        publicKey={"id": key_id, "owner": eve.actor, "publicKeyPem": eve.private_key.public_pem}
    )
    eve.serve("/users/eve", document)
    eve.serve("/users/eve/main-key", document)

    signing = Signing(key_id, eve.private_key)
    assert (await eve.post(studio.shared_inbox, follow_of(eve, studio), signing=signing)).status_code == 202


async def test_a_server_is_not_asked_for_keys_without_end(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    def forge(number: int) -> Signing:
        return Signing(f"{eve.base}/keys/{number}", eve.private_key)

    statuses = [
        (await eve.post(studio.shared_inbox, follow_of(eve, studio), signing=forge(number))).status_code
        for number in range(40)
    ]
    assert set(statuses[:30]) == {401}
    assert set(statuses[30:]) == {429}
    assert len(fediverse.network.seen("GET", "far.example")) <= 30
    fediverse.time.pass_by(minutes=1)
    assert (await eve.post(studio.shared_inbox, follow_of(eve, studio))).status_code == 202


async def test_the_farewell_of_somebody_never_seen_costs_nothing(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    response = await eve.post(studio.shared_inbox, eve.activity("Delete", eve.actor))
    assert response.status_code == 202
    assert fediverse.network.seen("GET", "far.example") == []
    assert await studio.inbox_states() == {}
