"""Agents that sign their visits: listed ones are refused everywhere, forged ones are nobody, and nobody is flooded."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from activitypub.signatures.web_bot_auth import read_directory
from cara_fed.asgi import Answer
from cara_fed.blocklist.list_entry import EntryDraft, list_entry, retract_entry
from tests.support.fediverse import Fediverse, Instance, picture
from tests.support.web_bots import Bot, visit

LISTED = EntryDraft("bot.example", "answers from what it reads", "answer-engine")


@pytest.fixture
def bot(fediverse: Fediverse) -> Bot:
    return Bot("bot.example", fediverse.network)


async def come(studio: Instance, bot: Bot, path: str = "/@mara", **how: Any) -> int:
    headers = bot.headers(studio.time.now, **how)
    return (await visit(studio.network, f"{studio.base}{path}", headers)).status_code


async def test_a_listed_bot_is_refused_pages_pictures_and_feeds(studio: Instance, bot: Bot) -> None:
    post = await studio.publish("mara", "a hill", picture())
    async with studio.services.database.reading() as records:
        shown = (await records.attachments.find_for_posts([post.pk]))[post.pk][0].renditions["web"]
    capability = studio.services.capabilities.make(0, "n", shown.hash)
    paths = ("/@mara", "/", f"/media/{capability}/{shown.hash}.{shown.extension}", "/@mara/feed.rss", "/feed.json",
             f"/oembed?url={studio.base}/@mara/{post.pk}")  # fmt: skip
    for path in paths:
        assert await come(studio, bot, path) == 200, path
    await list_entry(studio.services, LISTED)
    for path in paths:
        assert await come(studio, bot, path) == 403, path
    assert await come(studio, bot, "/policies/ai") == 200
    assert await come(studio, bot, is_bare=True) == 403
    assert ("web", "bot.example") in await studio.refusals()
    await retract_entry(studio.services, "bot.example")
    assert await come(studio, bot) == 200


FORGED: tuple[dict[str, Any], ...] = (
    {"key": Ed25519PrivateKey.generate()}, {"authority": "elsewhere.example"}, {"tag": "something-else"},
    {"covered": '"@authority"'}, {"covered": '"signature-agent";key="sig"'}, {"lifetime": -1}, {"lifetime": 200_000},
    {"agent": "https://other.example"}, {"agent": "nonsense"}, {"agent": "http://bot.example"},
)  # fmt: skip


async def test_a_forged_visit_is_nobodys(studio: Instance, bot: Bot) -> None:
    await list_entry(studio.services, LISTED)
    for how in FORGED:
        assert await come(studio, bot, **how) == 200, how
    assert await come(studio, bot) == 403


async def test_an_old_visit_is_nobodys(fediverse: Fediverse, studio: Instance, bot: Bot) -> None:
    await list_entry(studio.services, LISTED)
    headers = bot.headers(fediverse.time.now)
    fediverse.time.now += timedelta(seconds=301)
    assert (await visit(studio.network, f"{studio.base}/@mara", headers)).status_code == 200


async def test_a_known_agent_is_refused_by_its_signature_whatever_it_calls_itself(
    fediverse: Fediverse, studio: Instance
) -> None:
    chatgpt = Bot("chatgpt.com", fediverse.network)
    assert await come(studio, chatgpt) == 200  # somebody asked it, and training alone is reserved here
    await studio.add_artist("carol", opt_out="no-ai")
    assert await come(studio, chatgpt, "/@carol") == 403
    browser = await visit(studio.network, f"{studio.base}/@carol", {})
    assert browser.status_code == 200


async def test_nobody_is_asked_for_keys_of_whom_nothing_is_known(studio: Instance, bot: Bot) -> None:
    assert await come(studio, bot) == 200
    assert bot.asked == []


async def test_a_directory_is_asked_for_once_an_hour_and_seldom_where_it_fails(
    fediverse: Fediverse, studio: Instance, bot: Bot
) -> None:
    await list_entry(studio.services, LISTED)
    for _ in range(3):
        assert await come(studio, bot) == 403
    assert len(bot.asked) == 1
    fediverse.time.now += timedelta(hours=2)
    bot.answer = Answer(500)
    for _ in range(3):
        assert await come(studio, bot) == 200
    assert len(bot.asked) == 2
    fediverse.time.now += timedelta(minutes=11)
    bot.answer = None
    assert await come(studio, bot) == 403


async def test_forged_visits_make_no_flood(fediverse: Fediverse, studio: Instance, bot: Bot) -> None:
    await list_entry(studio.services, LISTED)
    victims = [Bot(f"victim{n}.bot.example", fediverse.network) for n in range(24)]
    for victim in victims:
        await come(studio, bot, agent=f"https://{victim.netloc}")
    assert sum(len(victim.asked) for victim in victims) == 20


NO_DIRECTORIES = (
    Answer(302, b"", ((b"location", b"https://elsewhere.example/keys"),)),
    Answer(200, b"{", ((b"content-type", b"application/json"),)),
    Answer(200, b'{"keys": 1}', ((b"content-type", b"application/json"),)),
    Answer(200, b'{"keys": [1, {"kty": "OKP"}]}', ((b"content-type", b"application/json"),)),
    Answer(200, b"x" * 100_000, ((b"content-type", b"application/json"),)),
    Answer(200, b"<html>", ((b"content-type", b"text/html"),)),
)


async def test_what_is_no_directory_verifies_nothing(fediverse: Fediverse, studio: Instance, bot: Bot) -> None:
    await list_entry(studio.services, LISTED)
    elsewhere = Bot("elsewhere.example", fediverse.network)
    for answer in NO_DIRECTORIES:
        bot.answer = answer
        assert await come(studio, bot) == 200, answer
        fediverse.time.now += timedelta(hours=2)
    assert (len(bot.asked), elsewhere.asked) == (len(NO_DIRECTORIES), [])


async def test_for_federation_a_bots_signature_is_none(studio: Instance, bot: Bot) -> None:
    headers = {**bot.headers(studio.time.now), "accept": "application/activity+json"}
    stub = await visit(studio.network, studio.actor("mara"), headers)
    assert (stub.status_code, "publicKey" in stub.json(), "summary" in stub.json()) == (200, True, False)
    assert (await visit(studio.network, f"{studio.actor('mara')}/outbox", headers)).status_code == 401


def test_thumbprints_are_those_of_rfc_7638() -> None:
    x = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"
    keys = [{"kty": "OKP", "crv": "Ed25519", "x": x}, {"kty": "RSA"}, {"kty": "OKP", "crv": "Ed25519", "x": "!"}, None]
    assert list(read_directory({"keys": keys})) == ["poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U"]
