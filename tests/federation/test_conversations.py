"""Stories of conversations: answers reach those who follow the artist, and what is missing is fetched."""

from cara_fed.federation.resolver import Resolver
from cara_fed.inbox.conversations import bring_in_parents
from tests.support.fediverse import Fediverse, Instance, handle_of
from tests.support.strangers import Json, Stranger


async def three(fediverse: Fediverse) -> tuple[Instance, Instance, Stranger]:
    """Theo of gallery.example follows Mara of studio.example; Eve answers her from far.example."""
    studio, gallery = await fediverse.start("studio.example", "gallery.example")
    await studio.add_artist("mara")
    await gallery.add_artist("theo")
    await gallery.follow("theo", handle_of(studio.actor("mara")))
    await fediverse.settle()
    return studio, gallery, fediverse.stranger("far.example")


def answer_to(eve: Stranger, object_id: str, number: int = 1, **changes: object) -> Json:
    note = eve.note(number, inReplyTo=object_id, **changes)
    eve.serve(f"/users/eve/notes/{number}", note)
    return note


async def test_an_answer_reaches_those_who_follow_the_artist(fediverse: Fediverse) -> None:
    studio, gallery, eve = await three(fediverse)
    post = await studio.publish("mara", "a hill")
    await fediverse.settle()
    answer = answer_to(eve, post.object_id)
    await eve.post(studio.shared_inbox, eve.activity("Create", answer))
    await fediverse.settle()

    kept = await gallery.find_post(answer["id"])
    assert kept is not None and kept.actor_id == eve.actor and kept.in_reply_to == post.object_id


async def test_what_a_forwarded_copy_says_is_not_believed(fediverse: Fediverse) -> None:
    studio, gallery, eve = await three(fediverse)
    post = await studio.publish("mara", "a hill")
    await fediverse.settle()
    answer = answer_to(eve, post.object_id)
    forged = eve.activity("Create", {**answer, "content": "<p>what Eve never said</p>"})
    response = await studio.post(gallery.shared_inbox, forged, as_=studio.actor("mara"))
    await fediverse.settle()

    assert response.status_code == 202
    kept = await gallery.find_post(answer["id"])
    assert kept is not None and "never said" not in kept.content


async def test_an_invented_answer_comes_to_nothing(fediverse: Fediverse) -> None:
    studio, gallery, eve = await three(fediverse)
    post = await studio.publish("mara", "a hill")
    await fediverse.settle()
    invented = eve.note(9, inReplyTo=post.object_id)
    await studio.post(gallery.shared_inbox, eve.activity("Create", invented), as_=studio.actor("mara"))
    await fediverse.settle()
    assert await gallery.find_post(invented["id"]) is None


async def test_nobody_forwards_what_does_not_answer_them(fediverse: Fediverse) -> None:
    studio, gallery, eve = await three(fediverse)
    own = await gallery.publish("theo", "a tree")
    await fediverse.settle()
    answer = answer_to(eve, own.object_id)
    response = await studio.post(gallery.shared_inbox, eve.activity("Create", answer), as_=studio.actor("mara"))
    assert response.status_code in (401, 403)


async def test_what_is_not_for_everyone_is_not_forwarded(fediverse: Fediverse) -> None:
    studio, gallery, eve = await three(fediverse)
    post = await studio.publish("mara", "a hill")
    await fediverse.settle()
    answer = answer_to(eve, post.object_id, to=[studio.actor("mara")], cc=[])
    await eve.post(studio.shared_inbox, eve.activity("Create", answer))
    await fediverse.settle()
    assert await studio.find_post(answer["id"]) is not None
    assert await gallery.find_post(answer["id"]) is None


async def test_the_real_create_after_a_forwarded_one_changes_nothing(fediverse: Fediverse) -> None:
    studio, gallery, eve = await three(fediverse)
    post = await studio.publish("mara", "a hill")
    await fediverse.settle()
    create = eve.activity("Create", answer_to(eve, post.object_id))
    await eve.post(studio.shared_inbox, create)
    await fediverse.settle()
    assert (await eve.post(gallery.shared_inbox, create)).status_code == 202
    await fediverse.settle()
    assert await gallery.find_post(create["object"]["id"]) is not None


async def forwarded_answer(fediverse: Fediverse) -> tuple[Instance, Instance, Stranger, Json]:
    """Eve's answer, which Mara's server passed on to Theo's."""
    studio, gallery, eve = await three(fediverse)
    post = await studio.publish("mara", "a hill")
    await fediverse.settle()
    answer = answer_to(eve, post.object_id)
    await eve.post(studio.shared_inbox, eve.activity("Create", answer))
    await fediverse.settle()
    return studio, gallery, eve, answer


async def test_an_edit_of_an_answer_goes_where_the_answer_went(fediverse: Fediverse) -> None:
    studio, gallery, eve, answer = await forwarded_answer(fediverse)
    edited = {**answer, "content": "<p>said better</p>", "updated": "2026-11-22T13:00:00Z"}
    eve.serve("/users/eve/notes/1", edited)
    await eve.post(studio.shared_inbox, eve.activity("Update", edited, 2))
    await fediverse.settle()
    kept = await gallery.find_post(answer["id"])
    assert kept is not None and "said better" in kept.content


async def test_an_edit_that_is_no_longer_for_everyone_stays_here(fediverse: Fediverse) -> None:
    studio, _, eve, answer = await forwarded_answer(fediverse)
    before = len(fediverse.network.seen("POST", "gallery.example"))
    whispered = {
        **answer,
        "content": "<p>a secret</p>",
        "updated": "2026-11-22T13:00:00Z",
        "to": [f"{eve.actor}/followers"],
    }
    await eve.post(studio.shared_inbox, eve.activity("Update", {**whispered, "cc": []}, 2))
    await fediverse.settle()
    assert len(fediverse.network.seen("POST", "gallery.example")) == before


async def test_a_deleted_answer_is_deleted_wherever_it_went(fediverse: Fediverse) -> None:
    studio, gallery, eve, answer = await forwarded_answer(fediverse)
    eve.serve("/users/eve/notes/1", {"error": "gone"}, status=410)
    await eve.post(studio.shared_inbox, eve.activity("Delete", {"id": answer["id"], "type": "Tombstone"}, 2))
    await fediverse.settle()
    for instance in (studio, gallery):
        kept = await instance.find_post(answer["id"])
        assert kept is not None and kept.deleted_at is not None


async def test_a_forwarded_delete_of_what_is_still_there_deletes_nothing(fediverse: Fediverse) -> None:
    studio, gallery, eve, answer = await forwarded_answer(fediverse)
    forged = eve.activity("Delete", answer["id"], 2)
    assert (await studio.post(gallery.shared_inbox, forged, as_=studio.actor("mara"))).status_code == 202
    await fediverse.settle()
    kept = await gallery.find_post(answer["id"])
    assert kept is not None and kept.deleted_at is None


async def test_nothing_is_forwarded_to_the_listed(fediverse: Fediverse) -> None:
    studio, _, eve, answer = await forwarded_answer(fediverse)
    before = len(fediverse.network.seen("POST", "gallery.example"))
    await studio.list_entry("gallery.example")
    await eve.post(studio.shared_inbox, eve.activity("Delete", answer["id"], 2))
    await fediverse.settle()
    assert len(fediverse.network.seen("POST", "gallery.example")) == before


async def test_a_conversation_is_fetched_upwards_and_no_further_than_the_budget(fediverse: Fediverse) -> None:
    studio, _, eve = await three(fediverse)
    for number in range(1, 20):
        answer_to(eve, f"{eve.actor}/notes/{number + 1}", number)
    mention = [{"type": "Mention", "href": studio.actor("mara")}]
    first = answer_to(eve, f"{eve.actor}/notes/1", 50, tag=mention)
    await eve.post(studio.shared_inbox, eve.activity("Create", first))
    await fediverse.settle()

    post = await studio.find_post(first["id"])
    assert post is not None
    assert await bring_in_parents(studio.services, Resolver(studio.services), post) == 8
    assert await studio.find_post(f"{eve.actor}/notes/8") is not None
    assert await studio.find_post(f"{eve.actor}/notes/9") is None


async def test_a_conversation_that_goes_in_circles_ends(fediverse: Fediverse) -> None:
    studio, _, eve = await three(fediverse)
    answer_to(eve, f"{eve.actor}/notes/2", 1)
    loop = answer_to(eve, f"{eve.actor}/notes/1", 2, tag=[{"type": "Mention", "href": studio.actor("mara")}])
    await eve.post(studio.shared_inbox, eve.activity("Create", loop))
    await fediverse.settle()
    post = await studio.find_post(loop["id"])
    assert post is not None
    assert await bring_in_parents(studio.services, Resolver(studio.services), post) == 1
