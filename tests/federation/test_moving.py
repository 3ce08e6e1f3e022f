"""Stories of moving away, moving here, leaving, and choosing one's followers."""

import pytest

from cara_fed.errors import InvalidInput
from cara_fed.publishing.answer_follower import accept_follower, reject_follower
from cara_fed.publishing.arrange_albums import AlbumText, create_album
from cara_fed.publishing.delete_artist import delete_artist
from cara_fed.publishing.move_artist import move_away, set_aliases, stay
from storage.errors import AlreadyExists
from tests.support.fediverse import Fediverse, Instance, picture
from tests.support.strangers import Stranger


class TestMovingAway:
    async def test_followers_go_along(
        self, fediverse: Fediverse, studio: Instance, gallery: Instance, eve: Stranger
    ) -> None:
        (new_home,) = await fediverse.start("new.example")
        new_id = await new_home.add_artist("mara", also_known_as=[studio.actor("mara")])
        await studio.add_artist("nilo")
        await studio.follow("nilo", studio.actor("mara"))
        await fediverse.settle()
        await move_away(studio.services, await studio.artist("mara"), "@mara@new.example")
        await fediverse.settle()

        assert await gallery.following_of("theo") == await studio.following_of("nilo") == {new_id}
        assert await new_home.followers_of("mara") == {gallery.actor("theo"), studio.actor("nilo")}
        told = [activity for activity in eve.documents_received() if activity["type"] in ("Update", "Move")]
        assert [activity["type"] for activity in told] == ["Update", "Move"]
        assert told[0]["object"]["movedTo"] == told[1]["target"] == new_id
        page = await studio.get(f"{studio.base}/@mara", accept="text/html")
        assert "has moved to" in page.text

    async def test_not_before_the_new_account_agrees(self, fediverse: Fediverse, studio: Instance) -> None:
        new = fediverse.stranger("new.example")
        mara = await studio.artist("mara")
        with pytest.raises(InvalidInput, match=r"add https:.* to its aliases first"):
            await move_away(studio.services, mara, new.actor)
        with pytest.raises(InvalidInput, match="from"):
            await move_away(studio.services, mara, studio.actor("mara"))
        new.serve(f"/users/{new.name}", new.actor_document(alsoKnownAs=[studio.actor("mara")]))
        assert await move_away(studio.services, mara, new.actor) == new.actor
        assert (await studio.artist("mara")).moved_to == new.actor
        await stay(studio.services, mara)
        assert (await studio.artist("mara")).moved_to is None


class TestMovingHere:
    async def test_followers_come_along(self, fediverse: Fediverse, studio: Instance, gallery: Instance) -> None:
        old = fediverse.stranger("old.example")
        await gallery.follow("theo", old.actor)
        await studio.add_artist("nilo")
        await studio.follow("nilo", old.actor)
        await fediverse.settle()
        for number, follower in enumerate((gallery.actor("theo"), studio.actor("nilo"))):
            follow = next(d for d in old.documents_received() if d["type"] == "Follow" and d["actor"] == follower)
            await old.post(f"{follower}/inbox", old.activity("Accept", follow, number))
        await fediverse.settle()

        mara = await studio.artist("mara")
        assert await set_aliases(studio.services, mara, [old.actor, f" {old.actor}", ""]) == (old.actor,)
        for number, home in enumerate((gallery, studio)):
            move = old.activity("Move", old.actor, number, target=studio.actor("mara"))
            assert (await old.post(home.shared_inbox, move)).status_code == 202
        await fediverse.settle()
        assert await gallery.following_of("theo") == await studio.following_of("nilo") == {studio.actor("mara")}
        assert await studio.followers_of("mara") == {gallery.actor("theo"), studio.actor("nilo")}

    async def test_nobody_comes_along_to_who_does_not_say_so(self, fediverse: Fediverse, studio: Instance) -> None:
        old = fediverse.stranger("old.example")
        await studio.add_artist("nilo")
        await studio.follow("nilo", old.actor)
        await fediverse.settle()
        follow = next(document for document in old.documents_received() if document["type"] == "Follow")
        await old.post(f"{studio.actor('nilo')}/inbox", old.activity("Accept", follow))
        await old.post(studio.shared_inbox, old.activity("Move", old.actor, target=studio.actor("mara")))
        await fediverse.settle()
        assert await studio.following_of("nilo") == {old.actor}


class TestLeaving:
    async def test_every_address_is_gone_and_the_name_is_nobodys(
        self, fediverse: Fediverse, studio: Instance, gallery: Instance, eve: Stranger
    ) -> None:
        mara = await studio.artist("mara")
        post = await studio.publish("mara", "a hill", picture())
        await create_album(studio.services, mara, AlbumText("Sea"))
        await fediverse.settle()
        eve.received.clear()
        await delete_artist(studio.services, mara)
        await fediverse.settle()

        (told,) = eve.documents_received()
        assert (told["type"], told["object"]) == ("Delete", studio.actor("mara"))
        assert await gallery.following_of("theo") == set()
        below = ("", "/outbox", "/followers", "/following", "/featured", "/featured_tags", "/albums/sea")
        ids = [f"{studio.actor('mara')}{path}" for path in below]
        for id in (*ids, post.object_id, f"{post.object_id}/create", f"{post.object_id}/replies"):
            assert (await eve.get(id)).status_code == 410, id
        for path in ("", "/posts", "/about", "/albums", "/albums/sea", f"/{post.pk}"):
            page = await studio.get(f"{studio.base}/@mara{path}", accept="text/html")
            assert page.status_code == 410, path
        finger = f"{studio.base}/.well-known/webfinger?resource=acct:mara@studio.example"
        assert (await studio.get(finger)).status_code == 410
        follow = eve.activity("Follow", studio.actor("mara"), 2)
        assert (await eve.post(f"{studio.actor('mara')}/inbox", follow)).status_code == 410
        with pytest.raises(AlreadyExists):
            await studio.add_artist("Mara")


class TestChoosingFollowers:
    async def test_who_asks_waits_and_sees_nothing_until_accepted(
        self, fediverse: Fediverse, studio: Instance, gallery: Instance
    ) -> None:
        nilo = await studio.add_artist("nilo", manually_approves=True)
        far = fediverse.stranger("near.example")
        await gallery.follow("theo", nilo)
        await far.post(studio.shared_inbox, far.activity("Follow", nilo))
        await fediverse.settle()
        first = await studio.publish("nilo", "for few", visibility="followers")
        await fediverse.settle()
        assert await studio.followers_of("nilo", "pending") == {gallery.actor("theo"), far.actor}
        assert await gallery.home_of("theo") == []
        assert (await gallery.get(first.object_id, as_=gallery.actor("theo"))).status_code == 404

        await accept_follower(studio.services, await studio.artist("nilo"), gallery.actor("theo"))
        await reject_follower(studio.services, await studio.artist("nilo"), far.actor)
        second = await studio.publish("nilo", "for few again", picture(), visibility="followers")
        await fediverse.settle()
        assert [post.object_id for post in await gallery.home_of("theo")] == [second.object_id]
        assert [document["type"] for document in far.documents_received()] == ["Reject"]
        assert (await gallery.get(first.object_id, as_=gallery.actor("theo"))).status_code == 200
        assert (await far.get(second.object_id)).status_code == 404
        outbox = (await far.get(f"{nilo}/outbox")).json()
        assert outbox["totalItems"] == 0
        page = await studio.get(f"{studio.base}/@nilo/{second.pk}", accept="text/html")
        assert page.status_code == 404
