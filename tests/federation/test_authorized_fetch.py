"""Stories of asking us for documents: who gets what, with and without a signature."""

import json
from typing import Any

import httpx
import pytest

from cara_fed.endpoints.answers import PRIVATE
from cara_fed.publishing.delete_artist import delete_artist
from cara_fed.publishing.delete_post import delete_post
from tests.support.fediverse import Fediverse, Instance, picture
from tests.support.strangers import Stranger

ALTERNATE = 'rel="alternate"'


@pytest.fixture
async def studio(fediverse: Fediverse) -> Instance:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("Mara")
    return studio


@pytest.fixture
async def gallery(fediverse: Fediverse) -> Instance:
    (gallery,) = await fediverse.start("gallery.example")
    await gallery.add_artist("theo")
    return gallery


async def signed(asker: Instance, url: str, name: str | None = None) -> httpx.Response:
    """Ask as an instance does, with its own key, or with an artist's."""
    return await asker.get(url, as_=asker.actor(name) if name else asker.services.site.instance_actor)


def mara(studio: Instance) -> str:
    return studio.actor("Mara")


class TestActors:
    async def test_unsigned_there_is_only_a_stub(self, studio: Instance) -> None:
        response = await studio.get(mara(studio))
        stub = response.json()
        assert response.status_code == 200
        assert stub["publicKey"]["id"] == f"{mara(studio)}#main-key"
        assert {"name", "summary", "followers", "outbox", "icon"} & stub.keys() == set()
        assert stub["xRobotsTag"] == response.headers["x-robots-tag"] == "noai, noimageai"

    async def test_signed_it_is_whole(self, studio: Instance, gallery: Instance) -> None:
        response = await signed(gallery, mara(studio))
        actor = response.json()
        assert actor["outbox"] == f"{mara(studio)}/outbox"
        assert response.headers["content-type"].startswith("application/activity+json")
        assert response.headers["cache-control"] == PRIVATE[1].decode()
        assert response.headers["vary"] == "Accept, Signature, Signature-Input"
        assert f"<{studio.base}/@Mara>; {ALTERNATE}" in response.headers["link"]

    async def test_a_bad_signature_is_worse_than_none(self, studio: Instance, gallery: Instance) -> None:
        response = await gallery.get(mara(studio), as_="https://far.example/users/eve")
        assert response.status_code == 401

    async def test_a_name_is_found_in_any_case(self, studio: Instance, gallery: Instance) -> None:
        response = await signed(gallery, f"{studio.base}/users/mARA")
        assert response.json()["id"] == mara(studio)

    async def test_nobody(self, studio: Instance, gallery: Instance) -> None:
        assert (await signed(gallery, studio.actor("nobody"))).status_code == 404

    async def test_who_left(self, studio: Instance, gallery: Instance) -> None:
        await delete_artist(studio.services, await studio.artist("Mara"))
        response = await signed(gallery, mara(studio))
        assert (response.status_code, response.json()["type"]) == (410, "Tombstone")
        document = {"id": f"{gallery.actor('theo')}/f/1", "type": "Follow", "actor": gallery.actor("theo")}
        posted = await gallery.post(f"{mara(studio)}/inbox", document | {"object": mara(studio)}, as_=document["actor"])
        assert posted.status_code == 410

    async def test_the_instance_actor_is_open_and_verifies_nobody(
        self, fediverse: Fediverse, studio: Instance, gallery: Instance
    ) -> None:
        unsigned = await studio.get(studio.services.site.instance_actor)
        assert unsigned.json()["type"] == "Application"
        before = len(fediverse.network.exchanges)
        response = await signed(gallery, studio.services.site.instance_actor)
        assert response.status_code == 200
        assert len(fediverse.network.exchanges) == before + 1

    async def test_two_instances_never_wait_for_each_other(self, studio: Instance, gallery: Instance) -> None:
        """Each has to fetch the other's key to answer the other's signed fetch."""
        assert (await signed(gallery, mara(studio))).status_code == 200
        assert (await signed(studio, gallery.actor("theo"))).status_code == 200


class TestPosts:
    async def test_unsigned_is_refused(self, studio: Instance) -> None:
        post = await studio.publish("Mara", "a hill")
        for url in (post.object_id, f"{post.object_id}/create", f"{mara(studio)}/outbox", f"{mara(studio)}/followers"):
            response = await studio.get(url)
            assert response.status_code == 401, url
            assert "outbox" not in response.text

    async def test_unsigned_is_served_where_the_admin_says_so(self, fediverse: Fediverse) -> None:
        (open_house,) = await fediverse.start("open.example", federation={"authorized_fetch": False})
        await open_house.add_artist("mara")
        post = await open_house.publish("mara", "a hill")
        secret = await open_house.publish("mara", "a secret", visibility="followers")
        assert (await open_house.get(post.object_id)).json()["content"] == "<p>a hill</p>"
        assert "name" in (await open_house.get(open_house.actor("mara"))).json()
        assert (await open_house.get(secret.object_id)).status_code == 404

    async def test_a_post_as_note_and_create(self, studio: Instance, gallery: Instance) -> None:
        post = await studio.publish("Mara", "a hill")
        note = await signed(gallery, post.object_id)
        assert (note.json()["type"], note.json()["id"]) == ("Note", post.object_id)
        assert note.json()["likes"]["totalItems"] == 0
        assert f"<{post.url}>; {ALTERNATE}" in note.headers["link"]
        create = await signed(gallery, f"{post.object_id}/create")
        assert (create.json()["type"], create.json()["object"]["id"]) == ("Create", post.object_id)

    async def test_a_post_under_anothers_name(self, studio: Instance, gallery: Instance) -> None:
        await studio.add_artist("nilo")
        post = await studio.publish("Mara", "a hill")
        assert (await signed(gallery, post.object_id.replace("Mara", "nilo"))).status_code == 404

    async def test_a_deleted_post(self, studio: Instance, gallery: Instance) -> None:
        post = await studio.publish("Mara", "a hill")
        await delete_post(studio.services, await studio.artist("Mara"), post.pk)
        response = await signed(gallery, post.object_id)
        assert (response.status_code, response.json()["type"]) == (410, "Tombstone")

    async def test_a_followers_only_post_is_for_followers_servers(
        self, fediverse: Fediverse, studio: Instance, gallery: Instance
    ) -> None:
        post = await studio.publish("Mara", "a secret", visibility="followers")
        assert (await signed(gallery, post.object_id)).status_code == 404

        await gallery.follow("theo", mara(studio))
        await fediverse.settle()
        assert (await signed(gallery, post.object_id)).status_code == 200
        assert (await signed(gallery, post.object_id, "theo")).status_code == 200
        (other,) = await fediverse.start("other.example")
        assert (await signed(other, post.object_id)).status_code == 404

    async def test_a_direct_post_is_for_those_it_names(
        self, fediverse: Fediverse, studio: Instance, gallery: Instance
    ) -> None:
        post = await studio.publish("Mara", "for @theo@gallery.example alone", visibility="direct")
        assert (await signed(gallery, post.object_id)).status_code == 200
        (other,) = await fediverse.start("other.example")
        assert (await signed(other, post.object_id)).status_code == 404


class TestTheListed:
    @pytest.fixture
    def eve(self, fediverse: Fediverse) -> Stranger:
        return fediverse.stranger("far.example")

    @pytest.mark.parametrize("entry", ["far.example", "https://far.example/users/eve"])
    async def test_every_signed_fetch_is_refused(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger, entry: str
    ) -> None:
        post = await studio.publish("Mara", "a hill")
        await studio.list_entry(entry)
        urls = [mara(studio), post.object_id, f"{post.object_id}/create", studio.services.site.instance_actor]
        urls += [f"{mara(studio)}/{name}" for name in ("outbox", "followers", "following", "featured", "featured_tags")]
        for url in urls:
            response = await eve.get(url)
            assert response.status_code == 403, url
            assert "blocklist" in response.json()["error"]
        assert fediverse.network.seen("GET", "far.example") == []
        assert await studio.refusals() == [("fetch", f"{eve.actor}#main-key")]

    async def test_what_is_open_stays_open(self, studio: Instance, eve: Stranger) -> None:
        await studio.list_entry("far.example")
        assert (await studio.get(studio.services.site.instance_actor)).status_code == 200


class TestNegotiation:
    async def test_each_address_serves_both_forms(self, studio: Instance, gallery: Instance) -> None:
        post = await studio.publish("Mara", "a hill")
        for id, page in ((mara(studio), f"{studio.base}/@Mara"), (post.object_id, post.url)):
            for url in (id, page):
                document = await signed(gallery, url)
                assert document.json()["id"] == id
                shown = await studio.get(url, accept="text/html,application/xhtml+xml,*/*;q=0.8")
                assert shown.status_code == 200
                assert shown.headers["content-type"].startswith("text/html")
                assert f'<{id}>; {ALTERNATE}; type="application/activity+json"' in shown.headers.get_list("link")
                assert "Accept, Signature, Signature-Input" in shown.headers["vary"]

    @pytest.mark.parametrize(
        "accept",
        [
            "application/activity+json",
            'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
            "application/activity+json, application/ld+json, text/html;q=0.1",
            "application/json",
        ],
    )
    async def test_servers_get_documents(self, studio: Instance, accept: str) -> None:
        response = await studio.get(mara(studio), accept=accept)
        assert response.headers["content-type"].startswith("application/activity+json")

    @pytest.mark.parametrize("accept", ["", "*/*", "text/html", "text/html, application/json;q=0.9"])
    async def test_people_get_pages(self, studio: Instance, accept: str) -> None:
        response = await studio.get(mara(studio), accept=accept)
        assert response.headers["content-type"].startswith("text/html")

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [("GET", "/inbox", "POST"), ("GET", "/users/Mara/inbox", "POST"), ("POST", "/actor", "GET, HEAD")],
    )
    async def test_other_methods(self, studio: Instance, eve: Stranger, method: str, path: str, allowed: str) -> None:
        response = await (eve.get(studio.base + path) if method == "GET" else eve.post(studio.base + path, {}))
        assert (response.status_code, response.headers["allow"]) == (405, allowed)

    @pytest.fixture
    def eve(self, fediverse: Fediverse) -> Stranger:
        return fediverse.stranger("far.example")


class TestCollections:
    async def test_the_outbox_in_pages(self, studio: Instance, gallery: Instance) -> None:
        posts = [await studio.publish("Mara", f"number {number}") for number in range(23)]
        await studio.publish("Mara", "a secret", visibility="followers")
        outbox = (await signed(gallery, f"{mara(studio)}/outbox")).json()
        assert outbox["totalItems"] == 23
        items = await _walk(gallery, outbox["first"])
        assert [item["object"]["id"] for item in items] == [post.object_id for post in reversed(posts)]

    async def test_followers_are_counted_for_all_and_named_for_servers(
        self, fediverse: Fediverse, studio: Instance, gallery: Instance
    ) -> None:
        await gallery.follow("theo", mara(studio))
        await fediverse.settle()
        followers = (await signed(gallery, f"{mara(studio)}/followers")).json()
        assert (followers["type"], followers["totalItems"]) == ("OrderedCollection", 1)
        assert await _walk(gallery, followers["first"]) == [gallery.actor("theo")]
        following = (await signed(studio, f"{gallery.actor('theo')}/following")).json()
        assert await _walk(studio, following["first"]) == [mara(studio)]

    async def test_featured_holds_works_with_pictures(self, studio: Instance, gallery: Instance) -> None:
        await studio.publish("Mara", "only words")
        work = await studio.publish("Mara", "a hill", picture())
        featured = (await signed(gallery, f"{mara(studio)}/featured")).json()
        assert featured["orderedItems"] == [work.object_id]

    async def test_featured_tags_are_those_of_the_profile(self, fediverse: Fediverse, studio: Instance) -> None:
        nilo = await studio.add_artist("nilo", summary="#ink and #paper")
        tags = (await fediverse.stranger("far.example").get(f"{nilo}/featured_tags")).json()
        assert [tag["name"] for tag in tags["orderedItems"]] == ["#ink", "#paper"]


class TestFindingUs:
    @pytest.mark.parametrize(
        "resource",
        [
            "acct:Mara@studio.example",
            "mara@studio.example",
            "https://studio.example/users/Mara",
            "https://studio.example/@Mara",
        ],
    )
    async def test_webfinger(self, studio: Instance, resource: str) -> None:
        response = await studio.get(f"{studio.base}/.well-known/webfinger?resource={resource}", accept="*/*")
        assert response.headers["content-type"].startswith("application/jrd+json")
        assert response.headers["access-control-allow-origin"] == "*"
        jrd = response.json()
        assert jrd["subject"] == "acct:Mara@studio.example"
        assert {"rel": "self", "type": "application/activity+json", "href": mara(studio)} in jrd["links"]

    async def test_the_instance_actor_loops_back_to_itself(self, studio: Instance) -> None:
        actor = (await studio.get(studio.services.site.instance_actor)).json()
        resource = f"acct:{actor['preferredUsername']}@studio.example"
        jrd = (await studio.get(f"{studio.base}/.well-known/webfinger?resource={resource}")).json()
        assert jrd["subject"] == resource
        assert actor["id"] in [link.get("href") for link in jrd["links"]]

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("", 400),
            ("?resource=", 400),
            ("?resource=acct:x@studio.example", 404),
            ("?resource=acct:Mara@far.example", 404),
        ],
    )
    async def test_webfinger_of_nobody(self, studio: Instance, query: str, status: int) -> None:
        assert (await studio.get(f"{studio.base}/.well-known/webfinger{query}")).status_code == status

    async def test_nodeinfo(self, studio: Instance) -> None:
        await studio.publish("Mara", "a hill")
        links = (await studio.get(f"{studio.base}/.well-known/nodeinfo")).json()["links"]
        for version in ("2.0", "2.1"):
            href = next(link["href"] for link in links if link["rel"].endswith(version))
            document = (await studio.get(href)).json()
            assert document["version"] == version
            assert (document["usage"]["users"]["total"], document["usage"]["localPosts"]) == (1, 1)

    async def test_host_meta(self, studio: Instance) -> None:
        xrd = await studio.get(f"{studio.base}/.well-known/host-meta")
        assert xrd.headers["content-type"].startswith("application/xrd+xml")
        as_json = (await studio.get(f"{studio.base}/.well-known/host-meta.json")).json()
        assert as_json["links"][0]["template"] in xrd.text


async def _walk(asker: Instance, page_id: str) -> list[Any]:
    """Every item from this page on."""
    items: list[Any] = []
    next_id: str | None = page_id
    while next_id is not None:
        page = json.loads((await signed(asker, next_id)).content)
        assert page["type"] == "OrderedCollectionPage"
        items += page["orderedItems"]
        next_id = page.get("next")
    return items
