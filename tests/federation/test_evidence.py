"""Where did my picture go? Counted, told to its artist, and signed for others."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from cara_fed.accounts.rotate_keys import rotate_instance_keys
from cara_fed.asgi import Answer
from cara_fed.background import keep_house_once, watch_once
from cara_fed.blocklist.list_entry import EntryDraft, list_entry
from cara_fed.evidence.access_logs import read_configured_log, read_log_file
from cara_fed.evidence.collecting import PostEvidence, collect_evidence
from cara_fed.evidence.files import EvidenceFile, NoEvidence, make_evidence_file, read_evidence_file
from cara_fed.evidence.verifying import EvidenceForged, verify_evidence
from cara_fed.publishing.own_posts import find_own_post
from storage.posts import Post
from tests.support.fediverse import Fediverse, Instance, picture
from tests.support.sending import send
from tests.support.strangers import Stranger
from tests.support.timestamping import OPENSSL, Authority, make_authority

CRAWLER = "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"
TSA = "https://tsa.example/tsr"


@pytest.fixture
async def studio(fediverse: Fediverse) -> Instance:
    (studio,) = await fediverse.start("studio.example", evidence={"keep_days": 30})
    await studio.add_artist("mara")
    return studio


async def publish(fediverse: Fediverse, studio: Instance, *followers: Stranger) -> Post:
    for follower in followers:
        await follower.post(studio.shared_inbox, follower.activity("Follow", studio.actor("mara")))
    await fediverse.settle()
    post = await studio.publish("mara", "a hill", picture())
    await fediverse.settle()
    return post


def address_of(follower: Stranger) -> str:
    return str(follower.documents_received()[-1]["object"]["attachment"][0]["url"])


async def look(studio: Instance, url: str, user_agent: str = "http.rb/5.1", method: str = "GET") -> httpx.Response:
    return await send(studio.network, method, url, None, studio.time.now, headers={"user-agent": user_agent})


async def evidence_of(studio: Instance, post: Post) -> PostEvidence:
    artist = await studio.artist("mara")
    return await collect_evidence(studio.services, await find_own_post(studio.services, artist, post.pk))


async def file_of(studio: Instance, post: Post) -> EvidenceFile:
    artist = await studio.artist("mara")
    return await make_evidence_file(studio.services, await find_own_post(studio.services, artist, post.pk))


def fetches(evidence: PostEvidence) -> set[tuple[str, str, str, int]]:
    return {(each.host, each.agent, each.answer, each.count) for each in evidence.pictures[0].fetches}


async def test_servers_that_got_it_fetched_it_and_were_refused(fediverse: Fediverse, studio: Instance) -> None:
    theo, eve = fediverse.stranger("friend.example", "theo"), fediverse.stranger("scraper.example")
    post = await publish(fediverse, studio, theo, eve)
    for url in (address_of(theo), address_of(theo), address_of(eve)):
        assert (await look(studio, url)).status_code == 200
    await look(studio, address_of(theo), method="HEAD")
    assert (await theo.get(post.object_id)).status_code == 200
    assert (await look(studio, address_of(theo), CRAWLER)).status_code == 403

    await list_entry(studio.services, EntryDraft("scraper.example", "feeds a model"))
    assert (await look(studio, address_of(eve))).status_code == 410
    assert (await eve.get(post.object_id)).status_code == 403
    assert (await eve.get(f"{studio.actor('mara')}/posts/999")).status_code == 403
    await eve.post(studio.shared_inbox, eve.activity("Announce", post.object_id))
    later = await studio.publish("mara", "another, with \\u0000 in its text", picture())
    await fediverse.settle()

    told = await evidence_of(studio, post)
    assert {(each.host, each.state) for each in told.sendings[0].to} == {
        ("friend.example", "sent"), ("scraper.example", "sent"),
    }  # fmt: skip
    assert told.sendings[0].terms["plus:DataMining"].endswith("PROHIBITED-AIMLTRAINING")
    assert fetches(told) == {
        ("friend.example", "", "served", 2), ("friend.example", "GPTBot", "refused", 1),
        ("scraper.example", "", "served", 1), ("scraper.example", "", "revoked", 1),
    }  # fmt: skip
    assert {(each.host, each.door, each.entry_key) for each in told.visits} == {
        ("friend.example", "fetch", ""), ("scraper.example", "fetch", "scraper.example"),
        ("scraper.example", "announce", "scraper.example"),
    }  # fmt: skip
    kept_from = (await evidence_of(studio, later)).visits
    assert [(each.host, each.door, each.reason) for each in kept_from] == [
        ("scraper.example", "deliver", "feeds a model")
    ]


async def test_public_pages_are_everybodys(fediverse: Fediverse, studio: Instance) -> None:
    post = await publish(fediverse, studio)
    told = await evidence_of(studio, post)
    rendition = told.pictures[0].picture.renditions["web"]
    capability = studio.services.capabilities.make(0, "n", rendition.hash)
    await look(studio, f"{studio.base}/media/{capability}/{rendition.hash}.{rendition.extension}")
    assert fetches(await evidence_of(studio, post)) == {("", "", "served", 1)}


async def test_what_is_old_is_forgotten(fediverse: Fediverse, studio: Instance) -> None:
    theo = fediverse.stranger("friend.example", "theo")
    post = await publish(fediverse, studio, theo)
    await look(studio, address_of(theo))
    await theo.get(post.object_id)
    await watch_once(studio.services)
    fediverse.time.now += timedelta(days=29)
    await keep_house_once(studio.services)
    assert fetches(await evidence_of(studio, post))
    fediverse.time.now += timedelta(days=2)
    await keep_house_once(studio.services)
    told = await evidence_of(studio, post)
    assert (fetches(told), told.visits) == (set(), ())
    assert told.sendings[0].to, "a Delete has to know for longer where a post went"


class TestTheFile:
    @pytest.fixture
    async def file(self, fediverse: Fediverse, studio: Instance) -> EvidenceFile:
        theo = fediverse.stranger("friend.example", "theo")
        post = await publish(fediverse, studio, theo)
        await look(studio, address_of(theo))
        return await file_of(studio, post)

    async def test_says_what_an_outsider_needs_and_names_no_person(self, file: EvidenceFile) -> None:
        document = json.loads(file.as_json)
        (shown,) = document["pictures"]
        assert len(shown["original"]["sha256"]) == 64
        assert {each["kind"] for each in shown["files"]} >= {"federated", "web"}
        assert [(each["address_given_to"], each["times"]) for each in shown["fetches"]] == [("friend.example", 1)]
        assert document["sent"][0]["to"][0]["host"] == "friend.example"
        assert "users/theo" not in file.as_json.decode()

    async def test_is_verified_in_both_forms(self, studio: Instance, file: EvidenceFile) -> None:
        for content in (file.as_json, file.as_html):
            assert read_evidence_file(content) == file.document
            verdict = await verify_evidence(studio.services, content)
            assert (verdict.instance, verdict.key_id) == (studio.base, f"{studio.base}/actor#ed25519-key")
            assert "bears no timestamp" in " ".join(verdict.doubts)

    async def test_a_changed_letter_is_noticed(self, studio: Instance, file: EvidenceFile) -> None:
        with pytest.raises(EvidenceForged, match="not good"):
            await verify_evidence(studio.services, file.as_json.replace(b"friend.example", b"fiend.example"))
        for content in (b"", b"[]", b"{}", b"<html></html>"):
            with pytest.raises(NoEvidence):
                await verify_evidence(studio.services, content)

    async def test_another_instance_finds_the_key_also_after_its_rotation(
        self, fediverse: Fediverse, studio: Instance, file: EvidenceFile
    ) -> None:
        await rotate_instance_keys(studio.services)
        (court,) = await fediverse.start("court.example")
        verdict = await verify_evidence(court.services, file.as_html)
        assert all("publish" not in doubt for doubt in verdict.doubts)
        fediverse.network.unplugged.add("studio.example")
        verdict = await verify_evidence(court.services, file.as_html)
        assert "could not be asked" in verdict.doubts[0]

    async def test_a_forger_who_signs_with_a_key_of_his_own_is_doubted(
        self, fediverse: Fediverse, studio: Instance, file: EvidenceFile
    ) -> None:
        (forger,) = await fediverse.start("forger.example")
        await forger.add_artist("mara")
        own = await file_of(forger, await publish(fediverse, forger))
        assert own.document["instance"]["address"] == "https://forger.example"
        pretended = {**own.document["instance"], "address": studio.base}
        with pytest.raises(EvidenceForged):
            await verify_evidence(studio.services, json.dumps({**own.document, "instance": pretended}).encode())


@pytest.fixture(scope="session")
def authority_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority's keys, made once."""
    folder = tmp_path_factory.mktemp("tsa")
    make_authority(folder)
    return folder


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
class TestTimestamps:
    @pytest.fixture
    def authority(self, fediverse: Fediverse, authority_keys: Path) -> Authority:
        authority = Authority(authority_keys)
        fediverse.network.servers["tsa.example"] = authority
        return authority

    async def start(self, fediverse: Fediverse, **evidence: Any) -> tuple[Instance, Post]:
        (studio,) = await fediverse.start("studio.example", evidence={"timestamp_server": TSA, **evidence})
        await studio.add_artist("mara")
        return studio, await publish(fediverse, studio)

    async def test_a_file_is_dated_and_checked_against_the_root(
        self, fediverse: Fediverse, authority: Authority
    ) -> None:
        studio, post = await self.start(fediverse, timestamp_ca_file=str(authority.root))
        file = await file_of(studio, post)
        assert file.warning == ""
        assert file.document["timestamp"]["server"] == TSA
        verdict = await verify_evidence(studio.services, file.as_html)
        assert (verdict.doubts, verdict.dated_at[-3:]) == ((), "UTC")

        moved = {**file.document, "timestamp": (await file_of(studio, post)).document["timestamp"]}
        verdict = await verify_evidence(studio.services, json.dumps({**moved, "timestamp": {"response": "!"}}).encode())
        assert "does not count" in verdict.doubts[0]

    async def test_without_a_root_it_says_so(self, fediverse: Fediverse, authority: Authority) -> None:
        studio, post = await self.start(fediverse)
        verdict = await verify_evidence(studio.services, (await file_of(studio, post)).as_json)
        assert verdict.dated_at
        assert "not checked" in verdict.doubts[0]

    async def test_a_server_that_fails_is_reported_and_the_file_made(
        self, fediverse: Fediverse, authority: Authority
    ) -> None:
        studio, post = await self.start(fediverse)
        for answer, said in (
            (Answer(503, b""), "answered 503"),
            (Answer(200, b"<html>"), "not good"),
            (Answer(200, bytes.fromhex("30053003020102")), "refused it"),
        ):
            authority.answer = answer
            file = await file_of(studio, post)
            assert "timestamp" not in file.document
            assert said in file.warning
            assert said in file.as_html.decode()
        fediverse.network.unplugged.add("tsa.example")
        assert "could not be asked" in (await file_of(studio, post)).warning

    async def test_an_answer_for_somebody_else_is_refused(self, fediverse: Fediverse, authority: Authority) -> None:
        studio, post = await self.start(fediverse)
        await file_of(studio, post)
        authority.answer = Answer(200, (authority.folder / "reply").read_bytes())
        assert "answers another question" in (await file_of(studio, post)).warning

    async def test_another_authoritys_root_does_not_vouch(
        self, fediverse: Fediverse, authority: Authority, tmp_path: Path
    ) -> None:
        make_authority(tmp_path)
        other = Authority(tmp_path)
        studio, post = await self.start(fediverse, timestamp_ca_file=str(other.root))
        assert "not good" in (await file_of(studio, post)).warning


class TestAccessLogs:
    async def test_lines_of_both_servers_count_once_each(
        self, fediverse: Fediverse, studio: Instance, tmp_path: Path
    ) -> None:
        theo = fediverse.stranger("friend.example", "theo")
        post = await publish(fediverse, studio, theo)
        path = httpx.URL(address_of(theo)).path
        forged = path.replace(path.split("/")[2], f"na{path.split('/')[2][2:]}")
        caddy = {"status": 200, "request": {"uri": path, "headers": {"User-Agent": [CRAWLER]}}}
        passed_on = {"status": 410, "request": {"uri": path}}
        lines = [
            f'2026-11-22T12:00:00+00:00 200 {path} "-"',
            f'2026-11-22T12:00:01+00:00 206 {path} "gptbot"',
            f'2026-11-22T12:00:01+00:00 304 {path} "-"',
            f'2026-11-22T12:00:02+00:00 200 {forged} "-"',
            '2026-11-22T12:00:02+00:00 200 /media/x "-"', "nonsense", "{", '{"request": 1}',
            json.dumps(caddy), json.dumps(passed_on), f'2026-11-22T12:00:03+00:00 410 {path} "-"',
        ]  # fmt: skip
        log = tmp_path / "access.log"
        log.write_text("\n".join(lines) + "\n2026-11-22T12:00:00+00:00 200 /me")
        assert await read_log_file(studio.services, log) == 4
        assert await read_log_file(studio.services, log) == 0
        assert fetches(await evidence_of(studio, post)) == {
            ("friend.example", "", "served", 1), ("friend.example", "GPTBot", "served", 2),
            ("friend.example", "", "revoked", 1),
        }  # fmt: skip

    async def test_a_rotated_log_is_read_to_its_end(self, fediverse: Fediverse, tmp_path: Path) -> None:
        log = tmp_path / "access.log"
        (studio,) = await fediverse.start("studio.example", evidence={"access_log": str(log)})
        await studio.add_artist("mara")
        theo = fediverse.stranger("friend.example", "theo")
        post = await publish(fediverse, studio, theo)
        line = f'2026-11-22T12:00:00+00:00 200 {httpx.URL(address_of(theo)).path} "-"\n'
        assert await read_configured_log(studio.services) == 0
        log.write_text(line)
        assert await read_configured_log(studio.services) == 1
        with log.open("a") as file:
            file.write(line * 2)
        log.rename(tmp_path / "access.log.1")
        log.write_text(line * 3)
        assert await read_configured_log(studio.services) == 5
        assert await read_configured_log(studio.services) == 0
        assert fetches(await evidence_of(studio, post)) == {("friend.example", "", "served", 6)}
