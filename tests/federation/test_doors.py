"""A hostile host that follows, is listed, and then tries every door."""

from typing import Any

import httpx
import pytest

from cara_fed.asgi import Answer
from cara_fed.background import watch_once
from cara_fed.blocklist.allow import allow
from cara_fed.blocklist.given import find_given
from cara_fed.blocklist.guard import MOST_SUBJECTS
from cara_fed.blocklist.list_entry import EntryDraft, list_entry, retract_entry
from cara_fed.errors import CaraFedError, NotFound
from cara_fed.federation.budgets import Budget
from cara_fed.federation.resolver import Resolver
from tests.support.fediverse import Fediverse, Instance, picture
from tests.support.sending import Signing, send
from tests.support.strangers import Stranger


@pytest.fixture
async def eve(fediverse: Fediverse, studio: Instance) -> Stranger:
    """A scraper that follows mara and has got a picture of hers."""
    eve = fediverse.stranger("scraper.example")
    await eve.post(studio.shared_inbox, eve.activity("Follow", studio.actor("mara")))
    await fediverse.settle()
    await studio.publish("mara", "before", picture())
    await fediverse.settle()
    assert [document["type"] for document in eve.documents_received()] == ["Accept", "Create"]
    return eve


async def be_listed(studio: Instance, entry: str = "scraper.example", policy: str = "reject") -> None:
    await list_entry(studio.services, EntryDraft(entry, "feeds a model", policy=policy))


async def doors_of(studio: Instance) -> set[str]:
    return {door for door, _ in await studio.refusals()}


def picture_url(eve: Stranger) -> str:
    (attachment,) = eve.documents_received()[-1]["object"]["attachment"]
    return str(attachment["url"])


async def look(studio: Instance, url: str) -> httpx.Response:
    return await send(studio.network, "GET", url, None, studio.time.now)


async def test_nothing_is_delivered(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    before = len(eve.received)
    await be_listed(studio)
    await studio.publish("mara", "after")
    await studio.publish("mara", "to everybody @eve@scraper.example")
    await fediverse.settle()
    assert len(eve.received) == before
    assert "deliver" in await doors_of(studio)


async def test_what_was_claimed_before_the_listing_is_stopped_at_the_last_moment(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    before = len(eve.received)
    await studio.publish("mara", "on its way")
    await studio.list_entry("scraper.example")
    await studio.delivery_worker.work_once()
    await studio.delivery_worker.work_once()
    assert len(eve.received) == before
    assert "send" in await doors_of(studio)


@pytest.mark.parametrize("entry", ["scraper.example", "https://scraper.example/users/eve"])
async def test_every_signed_fetch_is_refused(studio: Instance, eve: Stranger, entry: str) -> None:
    pk = (await studio.publish("mara", "for those who may")).pk
    await be_listed(studio, entry)
    for path in (
        "", "/outbox", "/followers", "/following", "/featured", "/featured_tags", "/posts/{post}", "/albums/none",
        "/posts/{post}/create", "/posts/{post}/replies", "/posts/{post}/likes", "/posts/{post}/shares",
    ):  # fmt: skip
        response = await eve.get(studio.actor("mara") + path.format(post=pk))
        assert response.status_code == 403, path
    assert ("fetch", f"{eve.actor}#main-key") in await studio.refusals()


async def test_signed_it_gets_no_page_and_no_picture_of_others_either(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    friend = fediverse.stranger("friend.example", "theo")
    await friend.post(studio.shared_inbox, friend.activity("Follow", studio.actor("mara")))
    await fediverse.settle()
    post = await studio.publish("mara", "after", picture())
    await fediverse.settle()
    pages = (f"{studio.base}/@mara", post.url, f"{studio.base}/@mara/feed.json", picture_url(friend))

    def as_page(request: httpx.Request) -> httpx.Request:
        request.headers["accept"] = "text/html"
        return request

    for url in pages:
        assert (await eve.get(url, change=as_page)).status_code == 200, url
    await be_listed(studio)
    for url in pages:
        assert (await eve.get(url, change=as_page)).status_code == 403, url
        assert (await friend.get(url, change=as_page)).status_code == 200, url


async def test_the_instance_actor_is_refused_too(studio: Instance, eve: Stranger) -> None:
    await be_listed(studio)
    assert (await eve.get(studio.services.site.instance_actor)).status_code == 403


async def test_unsigned_there_is_no_way_around(studio: Instance, eve: Stranger) -> None:
    post = await studio.publish("mara", "for those who may")
    await be_listed(studio)
    for url in (post.object_id, f"{studio.actor('mara')}/outbox", f"{studio.actor('mara')}/followers"):
        assert (await studio.get(url)).status_code == 401


async def test_old_pictures_die_and_come_back(studio: Instance, eve: Stranger) -> None:
    url = picture_url(eve)
    assert (await look(studio, url)).status_code == 200
    await be_listed(studio)
    assert (await look(studio, url)).status_code == 410
    assert ("media", "scraper.example") in await studio.refusals()
    await retract_entry(studio.services, "scraper.example")
    assert (await look(studio, url)).status_code == 200


async def test_what_it_was_given_is_known_for_a_cache_to_purge(studio: Instance, eve: Stranger) -> None:
    await be_listed(studio)
    assert picture_url(eve) in await find_given(studio.services, "Scraper.example")
    with pytest.raises(NotFound, match=r"far\.example"):
        await find_given(studio.services, "far.example")


async def test_a_listed_neighbour_leaves_the_pictures_of_others_alone(studio: Instance, eve: Stranger) -> None:
    await be_listed(studio, "https://scraper.example/users/somebody-else")
    assert (await look(studio, picture_url(eve))).status_code == 200


async def test_names_that_it_makes_up_fill_no_table(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    post = await studio.publish("mara", "after")
    await be_listed(studio)
    for number in range(MOST_SUBJECTS + 5):
        made_up = Signing(f"https://x{number}.scraper.example/users/eve#main-key", eve.private_key)
        assert (await eve.get(post.object_id, signing=made_up)).status_code == 403
    await watch_once(studio.services)
    async with studio.services.database.reading() as records:
        refusals = await records.refusals.find_for_entry("scraper.example")
        visits = await records.evidence.find_visits(post.object_id)
    fetched = [row for row in refusals if row.door == "fetch"]
    assert (len(fetched), max(row.count for row in fetched)) == (MOST_SUBJECTS + 1, 5)
    assert [(row.netloc, row.count) for row in visits if row.door == "fetch"] == [
        ("scraper.example", MOST_SUBJECTS + 5)
    ]


async def test_announces_are_refused(studio: Instance, eve: Stranger) -> None:
    post = await studio.publish("mara", "for those who may")
    await be_listed(studio)
    assert (await eve.post(studio.shared_inbox, eve.activity("Announce", post.object_id))).status_code == 403
    assert "announce" in await doors_of(studio)


async def test_what_arrived_just_before_has_no_effect(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    post = await studio.publish("mara", "for those who may")
    assert (await eve.post(studio.shared_inbox, eve.activity("Announce", post.object_id))).status_code == 202
    await studio.list_entry("scraper.example")
    await fediverse.settle()
    assert (await studio.inbox_states())["ignored"] == 1


async def test_a_third_servers_announce_gives_it_nothing(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    post = await studio.publish("mara", "for those who may")
    await be_listed(studio)
    friend = fediverse.stranger("friend.example", "theo")
    await friend.post(studio.shared_inbox, friend.activity("Announce", post.object_id))
    await fediverse.settle()
    assert (await eve.get(post.object_id)).status_code == 403
    assert (await friend.get(post.object_id)).status_code == 200


async def test_what_a_friend_forwards_of_it_is_refused(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    await be_listed(studio)
    friend = fediverse.stranger("friend.example", "theo")
    create = eve.activity("Create", eve.note(7))
    assert (await friend.post(studio.shared_inbox, create)).status_code == 403


async def test_a_key_of_its_host_opens_nothing_for_others(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    await be_listed(studio)
    friend = fediverse.stranger("friend.example", "theo")
    borrowed = Signing("https://scraper.example/keys/1", friend.private_key)
    assert (await friend.get(studio.actor("mara"), signing=borrowed)).status_code == 403


async def test_it_is_not_asked_for_anything_either(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    await be_listed(studio)
    before = fediverse.network.seen("GET", "scraper.example")
    with pytest.raises(CaraFedError, match="blocklist"):
        await Resolver(studio.services).actor(eve.actor, Budget(3), refresh=True)
    assert fediverse.network.seen("GET", "scraper.example") == before


class TestASecondName:
    @pytest.fixture
    async def alias(self, fediverse: Fediverse, studio: Instance, eve: Stranger) -> Stranger:
        """The same people on another domain, who follow before anybody is listed."""
        return fediverse.stranger("fresh.example", "eva")

    @pytest.mark.parametrize("claim", [{"alsoKnownAs": ["https://scraper.example/users/eve"]}, None])
    async def test_is_refused_at_once(self, studio: Instance, alias: Stranger, claim: dict[str, Any] | None) -> None:
        await be_listed(studio)
        claim = claim or {"movedTo": "https://scraper.example/users/eve"}
        alias.serve("/users/eva", alias.actor_document(**claim))
        follow = alias.activity("Follow", studio.actor("mara"))
        assert (await alias.post(studio.shared_inbox, follow)).status_code == 403
        assert (await alias.get(studio.actor("mara"))).status_code == 403
        assert await studio.followers_of("mara") == set()

    async def test_that_follows_already_is_suspended_when_the_first_is_listed(
        self, fediverse: Fediverse, studio: Instance, alias: Stranger
    ) -> None:
        alias.serve("/users/eva", alias.actor_document(alsoKnownAs=["https://scraper.example/users/eve"]))
        await alias.post(studio.shared_inbox, alias.activity("Follow", studio.actor("mara")))
        await fediverse.settle()
        assert alias.actor in await studio.followers_of("mara")

        await be_listed(studio)
        assert await studio.followers_of("mara") == set()
        await allow(studio.services, alias.actor, "it moved away from there in protest")
        assert await studio.followers_of("mara") == {alias.actor}

    async def test_that_is_only_told_later_is_suspended_then(
        self, fediverse: Fediverse, studio: Instance, alias: Stranger
    ) -> None:
        await alias.post(studio.shared_inbox, alias.activity("Follow", studio.actor("mara")))
        await be_listed(studio)
        await fediverse.settle()
        assert await studio.followers_of("mara") == {alias.actor}

        document = alias.actor_document(alsoKnownAs=["https://scraper.example/users/eve"])
        alias.serve("/users/eva", document)
        await alias.post(studio.shared_inbox, alias.activity("Update", document))
        await fediverse.settle()
        assert await studio.followers_of("mara", "suspended") >= {alias.actor}

    async def test_what_a_listed_one_claims_lists_nobody_else(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger, alias: Stranger
    ) -> None:
        eve.serve("/users/eve", eve.actor_document(alsoKnownAs=[alias.actor], movedTo=alias.actor))
        await Resolver(studio.services).actor(eve.actor, Budget(3), refresh=True)
        await be_listed(studio)
        await alias.post(studio.shared_inbox, alias.activity("Follow", studio.actor("mara")))
        await fediverse.settle()
        assert await studio.followers_of("mara") == {alias.actor}


async def test_an_inbox_on_its_host_makes_nobody_a_follower(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    await be_listed(studio)
    hidden = fediverse.stranger("clean.example", "ivy")
    document = hidden.actor_document(endpoints={"sharedInbox": "https://scraper.example/inbox"})
    hidden.serve("/users/ivy", document)
    await hidden.post(studio.shared_inbox, hidden.activity("Follow", studio.actor("mara")))
    await fediverse.settle()
    await studio.publish("mara", "after")
    await fediverse.settle()
    assert await studio.followers_of("mara") == set()
    assert [received.path for received in eve.received if received.path == "/inbox"] == []


async def test_a_redirect_to_it_is_not_followed(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    await be_listed(studio)
    friend = fediverse.stranger("friend.example", "theo")
    before = fediverse.network.seen("GET", "scraper.example")
    friend.documents["/users/theo"] = Answer(302, b"", ((b"location", eve.actor.encode()),))
    assert (await friend.post(studio.shared_inbox, friend.activity("Follow", studio.actor("mara")))).status_code in (
        401,
        403,
    )
    assert fediverse.network.seen("GET", "scraper.example") == before


async def test_company_ends_a_suspended_neighbours_follow_over_there(fediverse: Fediverse, studio: Instance) -> None:
    (gallery,) = await fediverse.start("gallery.example")
    theo, nina = await gallery.add_artist("theo"), await gallery.add_artist("nina")
    await gallery.follow("theo", studio.actor("mara"))
    await fediverse.settle()
    await be_listed(studio, theo)
    assert await studio.followers_of("mara", "suspended") == {theo}

    await gallery.follow("nina", studio.actor("mara"))
    await fediverse.settle()
    assert await studio.followers_of("mara") == {nina}
    assert await studio.followers_of("mara", "rejected") == {theo}
    assert await gallery.following_of("theo", "rejected") == {studio.actor("mara")}
