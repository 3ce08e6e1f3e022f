"""Stories of other people's posts: which are kept, how they change, how they go."""

import pytest

from storage.attachments import Attachment
from storage.interactions import Interaction
from tests.support.fediverse import Fediverse, Instance
from tests.support.strangers import PUBLIC, Json, Stranger


@pytest.fixture
async def eve(fediverse: Fediverse, studio: Instance) -> Stranger:
    """Somebody whom mara follows."""
    eve = fediverse.stranger("far.example")
    await studio.follow("mara", eve.actor)
    await fediverse.settle()
    await deliver(fediverse, studio, eve, eve.activity("Accept", eve.documents_received()[0]))
    return eve


@pytest.fixture
def bob(fediverse: Fediverse) -> Stranger:
    """Somebody whom nobody follows."""
    return fediverse.stranger("near.example", "bob")


async def deliver(fediverse: Fediverse, studio: Instance, sender: Stranger, *activities: Json) -> None:
    for activity in activities:
        response = await sender.post(studio.shared_inbox, activity)
        assert response.status_code == 202, response.text
        await fediverse.settle()


async def pictures_of(studio: Instance, object_id: str) -> list[Attachment]:
    post = await studio.find_post(object_id)
    assert post is not None
    async with studio.services.database.reading() as records:
        return [picture.attachment for picture in (await records.attachments.find_for_posts([post.pk]))[post.pk]]


async def interactions_with(studio: Instance, object_id: str, kind: str) -> list[Interaction]:
    async with studio.services.database.reading() as records:
        return list(await records.interactions.find_page(object_id, kind))


class TestWhatIsKept:
    async def test_what_overtakes_the_accept_of_a_follow(self, fediverse: Fediverse, studio: Instance) -> None:
        fay = fediverse.stranger("fast.example", "fay")
        await studio.follow("mara", fay.actor)
        await fediverse.settle()
        await deliver(fediverse, studio, fay, fay.activity("Create", fay.note(1, content="<p>early</p>")))
        assert await studio.home_of("mara") == []
        await deliver(fediverse, studio, fay, fay.activity("Accept", fay.documents_received()[0], 2))
        assert [post.content for post in await studio.home_of("mara")] == ["<p>early</p>"]

    async def test_a_followed_persons_post_with_its_pictures(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger
    ) -> None:
        picture = {
            "type": "Document",
            "mediaType": "image/jpeg",
            "url": "https://far.example/media/1.jpg",
            "name": "a heron",
            "width": 800,
            "height": 600,
            "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
            "focalPoint": [0.5, -0.25],
            "xRobotsTag": "noai",
        }
        note = eve.note(1, attachment=[picture, {**picture, "url": "https://far.example/media/2.jpg"}])
        await deliver(fediverse, studio, eve, eve.activity("Create", note))

        (post,) = await studio.home_of("mara")
        assert (post.object_id, post.actor_id, post.visibility) == (note["id"], eve.actor, "public")
        first, second = await pictures_of(studio, note["id"])
        assert (first.remote_url, second.remote_url) == (picture["url"], "https://far.example/media/2.jpg")
        assert (first.alt, first.focal_x, first.focal_y, first.opt_out) == ("a heron", 0.5, -0.25, "no-ai-training")

    async def test_its_html_is_made_safe(self, fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
        note = eve.note(1, content='<p onclick="x()">hi<script>alert(1)</script><img src="//t.example/p.gif"></p>')
        await deliver(fediverse, studio, eve, eve.activity("Create", note))
        (post,) = await studio.home_of("mara")
        assert post.content == "<p>hi</p>"

    async def test_a_post_that_is_only_named_is_fetched(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger
    ) -> None:
        eve.serve("/users/eve/notes/1", eve.note(1))
        await deliver(fediverse, studio, eve, eve.activity("Create", eve.note(1)["id"]))
        assert [post.object_id for post in await studio.home_of("mara")] == [eve.note(1)["id"]]

    async def test_a_strangers_post_is_not_kept(self, fediverse: Fediverse, studio: Instance, bob: Stranger) -> None:
        await deliver(fediverse, studio, bob, bob.activity("Create", bob.note(1)))
        assert await studio.find_post(bob.note(1)["id"]) is None
        assert await studio.inbox_states() == {"ignored": 1}

    async def test_a_strangers_mention_is_kept(self, fediverse: Fediverse, studio: Instance, bob: Stranger) -> None:
        mention = {"type": "Mention", "href": studio.actor("mara"), "name": "@mara@studio.example"}
        note = bob.note(1, tag=[mention], to=[PUBLIC], cc=[studio.actor("mara")])
        await deliver(fediverse, studio, bob, bob.activity("Create", note))
        kept = await studio.find_post(note["id"])
        assert kept is not None
        assert kept.mentions[0]["actor_id"] == studio.actor("mara")

    async def test_a_strangers_answer_is_kept(self, fediverse: Fediverse, studio: Instance, bob: Stranger) -> None:
        parent = await studio.publish("mara", "a hill")
        note = bob.note(1, inReplyTo=parent.object_id)
        await deliver(fediverse, studio, bob, bob.activity("Create", note))
        kept = await studio.find_post(note["id"])
        assert kept is not None
        assert kept.in_reply_to == parent.object_id

    @pytest.mark.parametrize(
        ("to", "visibility"), [("followers", "followers"), ("mara", "direct"), ("circle", "direct")]
    )
    async def test_who_may_see_it_is_kept_too(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger, to: str, visibility: str
    ) -> None:
        addresses = {
            "followers": f"{eve.actor}/followers",
            "mara": studio.actor("mara"),
            "circle": f"{eve.actor}/circle",
        }
        await deliver(fediverse, studio, eve, eve.activity("Create", eve.note(1, to=[addresses[to]], cc=[])))
        post = await studio.find_post(eve.note(1)["id"])
        assert post is not None
        assert post.visibility == visibility
        assert len(await studio.home_of("mara")) == (1 if visibility == "followers" else 0)

    async def test_somebody_blocked_is_not_kept(self, fediverse: Fediverse, studio: Instance, bob: Stranger) -> None:
        mara = await studio.artist("mara")
        async with studio.services.database.unit_of_work() as records:
            await records.blocks.add(mara.pk, bob.actor, "out", fediverse.time.now)
        await deliver(fediverse, studio, bob, bob.activity("Create", bob.note(1, to=[studio.actor("mara")])))
        assert await studio.find_post(bob.note(1)["id"]) is None

    async def test_a_post_of_the_future_is_dated_today(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger
    ) -> None:
        await deliver(fediverse, studio, eve, eve.activity("Create", eve.note(1, published="2999-01-01T00:00:00Z")))
        (post,) = await studio.home_of("mara")
        assert post.published_at == fediverse.time.now

    async def test_an_article_shows_its_title(self, fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
        article = eve.note(1, type="Article", name="On <herons>", content="<p>They stand.</p>")
        await deliver(fediverse, studio, eve, eve.activity("Create", article))
        (post,) = await studio.home_of("mara")
        assert post.content == "<p><strong>On &lt;herons&gt;</strong></p><p>They stand.</p>"

    async def test_a_vote_is_no_post(self, fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
        vote = eve.note(1, name="yes", inReplyTo=f"{studio.actor('mara')}/posts/1", to=[studio.actor("mara")], cc=[])
        del vote["content"]
        await deliver(fediverse, studio, eve, eve.activity("Create", vote))
        assert await studio.find_post(vote["id"]) is None


class TestChanges:
    async def test_an_edit(self, fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
        old = eve.note(1, attachment=[{"type": "Image", "mediaType": "image/png", "url": "https://far.example/1.png"}])
        new = eve.note(
            1, content="<p>better</p>", updated="2026-11-22T11:30:00Z", tag=[{"type": "Hashtag", "name": "#ink"}]
        )
        await deliver(fediverse, studio, eve, eve.activity("Create", old), eve.activity("Update", new))

        (post,) = await studio.home_of("mara")
        assert (post.content, post.hashtags) == ("<p>better</p>", ["ink"])
        assert await pictures_of(studio, post.object_id) == []

    async def test_an_older_edit_comes_too_late(self, fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
        newer = eve.note(1, content="<p>second</p>", updated="2026-11-22T11:40:00Z")
        older = eve.note(1, content="<p>first</p>", updated="2026-11-22T11:30:00Z")
        activities = [eve.activity("Update", note, number) for number, note in enumerate((newer, older))]
        await deliver(fediverse, studio, eve, eve.activity("Create", eve.note(1)), *activities)
        (post,) = await studio.home_of("mara")
        assert post.content == "<p>second</p>"

    async def test_an_edit_of_a_post_not_seen_before(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger
    ) -> None:
        await deliver(fediverse, studio, eve, eve.activity("Update", eve.note(1)))
        assert len(await studio.home_of("mara")) == 1

    async def test_a_neighbour_on_the_same_server_changes_nothing(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger
    ) -> None:
        await deliver(fediverse, studio, eve, eve.activity("Create", eve.note(1)))
        mallory = fediverse.stranger("far.example", "mallory")
        mallory.documents.update(eve.documents)
        mallory.serve("/users/mallory", mallory.actor_document())

        hijacked = eve.note(1, attributedTo=mallory.actor, content="<p>mine</p>")
        await deliver(fediverse, studio, mallory, mallory.activity("Update", hijacked))
        await deliver(fediverse, studio, mallory, mallory.activity("Delete", eve.note(1)["id"]))
        (post,) = await studio.home_of("mara")
        assert post.content == "<p>note 1</p>"

    async def test_a_profile_changes(self, fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
        await deliver(fediverse, studio, eve, eve.activity("Update", eve.actor_document(name="Eve Two")))
        async with studio.services.database.reading() as records:
            assert (await records.remote_actors.get(eve.actor)).display_name == "Eve Two"

    @pytest.mark.parametrize("form", ["named", "tombstone"])
    async def test_a_post_is_deleted(self, fediverse: Fediverse, studio: Instance, eve: Stranger, form: str) -> None:
        note = eve.note(1, attachment=[{"type": "Image", "mediaType": "image/png", "url": "https://far.example/1.png"}])
        deleted = {"named": note["id"], "tombstone": {"id": note["id"], "type": "Tombstone"}}[form]
        await deliver(fediverse, studio, eve, eve.activity("Create", note), eve.activity("Delete", deleted))

        post = await studio.find_post(note["id"])
        assert post is not None
        assert (post.deleted_at, post.content) == (fediverse.time.now, "")
        assert await pictures_of(studio, note["id"]) == []
        await deliver(fediverse, studio, eve, eve.activity("Create", note, 2))
        assert await studio.home_of("mara") == []

    async def test_somebody_leaves(self, fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
        await deliver(fediverse, studio, eve, eve.activity("Follow", studio.actor("mara")))
        await deliver(fediverse, studio, eve, eve.activity("Create", eve.note(1)), eve.activity("Delete", eve.actor))

        assert await studio.home_of("mara") == []
        assert await studio.followers_of("mara") == await studio.following_of("mara") == set()
        async with studio.services.database.reading() as records:
            assert (await records.remote_actors.get(eve.actor)).gone_at == fediverse.time.now
            assert await records.remote_keys.find_for_actor(eve.actor) == []

    async def test_somebody_leaves_whose_key_is_gone_already(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger
    ) -> None:
        async with studio.services.database.unit_of_work() as records:
            await records.remote_keys.remove_for_actor(eve.actor)
        fediverse.time.pass_by(days=3)
        eve.serve("/users/eve", b"", status=410)
        await deliver(fediverse, studio, eve, eve.activity("Delete", eve.actor))
        assert await studio.following_of("mara") == set()


class TestInteractions:
    async def test_a_like_and_its_undo(self, fediverse: Fediverse, studio: Instance, bob: Stranger) -> None:
        post = await studio.publish("mara", "a hill")
        like = bob.activity("Like", post.object_id)
        await deliver(fediverse, studio, bob, like, {**like, "id": f"{bob.actor}/likes/2"})
        assert [row.actor_id for row in await interactions_with(studio, post.object_id, "like")] == [bob.actor]

        undo = bob.activity("Undo", {**like, "id": f"{bob.actor}#likes/9"})
        await deliver(fediverse, studio, bob, undo)
        assert await interactions_with(studio, post.object_id, "like") == []

    async def test_an_announce_and_its_undo(self, fediverse: Fediverse, studio: Instance, bob: Stranger) -> None:
        post = await studio.publish("mara", "a hill")
        announce = bob.activity("Announce", post.object_id)
        await deliver(fediverse, studio, bob, announce)
        assert len(await interactions_with(studio, post.object_id, "announce")) == 1
        await deliver(fediverse, studio, bob, bob.activity("Undo", announce["id"]))
        assert await interactions_with(studio, post.object_id, "announce") == []

    async def test_a_private_post_is_not_announced(self, fediverse: Fediverse, studio: Instance, bob: Stranger) -> None:
        post = await studio.publish("mara", "a secret", visibility="followers")
        await deliver(fediverse, studio, bob, bob.activity("Announce", post.object_id))
        assert await interactions_with(studio, post.object_id, "announce") == []

    async def test_what_a_followed_person_announces_is_fetched_from_its_author(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger, bob: Stranger
    ) -> None:
        bob.serve("/users/bob/notes/1", bob.note(1))
        lie = bob.note(1, content="<p>not what bob said</p>")
        await deliver(fediverse, studio, eve, eve.activity("Announce", lie))

        kept = await studio.find_post(bob.note(1)["id"])
        assert kept is not None
        assert (kept.content, kept.actor_id) == ("<p>note 1</p>", bob.actor)

    async def test_what_a_stranger_announces_is_not_fetched(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger, bob: Stranger
    ) -> None:
        await deliver(fediverse, studio, bob, bob.activity("Announce", eve.note(1)["id"]))
        assert "/users/eve/notes/1" not in fediverse.network.seen("GET", "far.example")

    async def test_a_post_that_its_server_tells_otherwise_is_not_believed(
        self, fediverse: Fediverse, studio: Instance, eve: Stranger, bob: Stranger
    ) -> None:
        bob.serve("/users/bob/notes/1", eve.note(7))
        await deliver(fediverse, studio, eve, eve.activity("Announce", bob.note(1)["id"]))
        assert await studio.find_post(bob.note(1)["id"]) is None
        assert await studio.find_post(eve.note(7)["id"]) is None

    async def test_a_report_is_filed(self, fediverse: Fediverse, studio: Instance, bob: Stranger) -> None:
        targets = [studio.actor("mara"), "https://far.example/users/eve"]
        await deliver(fediverse, studio, bob, bob.activity("Flag", targets, content="<b>spam</b>"))
        async with studio.services.database.reading() as records:
            (report,) = await records.reports.find_page()
        assert (report.reporter_actor_id, report.target_ids, report.content) == (bob.actor, targets[:1], "spam")

    async def test_an_unknown_activity_has_no_effect(
        self, fediverse: Fediverse, studio: Instance, bob: Stranger
    ) -> None:
        await deliver(fediverse, studio, bob, bob.activity("Arrive", studio.actor("mara")))
        assert await studio.inbox_states() == {"ignored": 1}


async def test_what_a_slow_server_does_not_serve_is_asked_for_again(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    eve.serve("/users/eve/notes/1", b"", status=503)
    await deliver(fediverse, studio, eve, eve.activity("Create", eve.note(1)["id"]))
    assert await studio.home_of("mara") == []

    eve.serve("/users/eve/notes/1", eve.note(1))
    fediverse.time.pass_by(minutes=2)
    await fediverse.settle()
    assert len(await studio.home_of("mara")) == 1


async def test_one_broken_activity_does_not_stop_the_others(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    for number in range(4):
        content = "<p>x</p>" if number else {"a": ["very", {"odd": "content"}]}
        await eve.post(studio.shared_inbox, eve.activity("Create", eve.note(number, content=content), number))
    await fediverse.settle()
    assert len(await studio.home_of("mara")) == 4
